-- What the analyses read, of the stored_ticks and dropped_lines (see lines.sql) that are asked for.
--   ticks          typed, valid, each tick once; position orders them by symbol and time
--   load_counts    where the lines went: lines = refused + outside + redelivered + repeated + ticks
--   symbol_counts  the last three of these for each symbol, and the times of its first and last tick
-- Parameters: $from (inclusive) and $to (exclusive) bound the ticks' own time, $symbol picks one; null takes all.
set variable from_time = coalesce(cast($from as timestamp), timestamp '-infinity');
set variable to_time = coalesce(cast($to as timestamp), timestamp 'infinity');
set variable only_symbol = case when $symbol is not null then coalesce(list_position(getvariable('words'), $symbol), 0) end;

create or replace view ticks as
select
  (rank_of(symbol) << 40) + n as position, word_of(symbol) as symbol, time, price, size, word_of(side) as side,
  word_of(source) as source,
  word_of(source) || '|' || word_of(symbol) || '|' || coalesce(cast(trade as text), trade_text) as id, received_at,
  partition, sequence_number, enqueued_at, word_of(generation) as generation
from stored_ticks
where is_asked_for(symbol, time);

create or replace table symbol_counts as
with
  kept as (
    select symbol, count(*) as ticks, min(time) as starts, max(time) as ends
    from stored_ticks
    where is_asked_for(symbol, time)
    group by symbol
  ),
  dropped as (
    select
      symbol,
      count(*) filter (where verdict = 'redelivered') as redelivered,
      count(*) filter (where verdict = 'repeated') as repeated
    from dropped_lines
    where is_asked_for(symbol, time)
    group by symbol
  )
select
  word_of(symbol) as symbol, coalesce(redelivered, 0) as redelivered, coalesce(repeated, 0) as repeated, ticks,
  starts, ends
from kept
left join dropped using (symbol)
order by word_of(symbol);

create or replace table load_counts as
with
  symbols as (
    select
      coalesce(cast(sum(redelivered) as bigint), 0) as redelivered,
      coalesce(cast(sum(repeated) as bigint), 0) as repeated,
      coalesce(cast(sum(ticks) as bigint), 0) as ticks
    from symbol_counts
  ),
  all_lines as (
    select
      (select count(*) from stored_ticks) + (select count(*) from dropped_lines) as read,
      (select count(*) from refused_ticks) as refused
  )
select
  read + refused as lines, refused, read - redelivered - repeated - ticks as outside, redelivered, repeated, ticks
from all_lines, symbols;

-- Bars of ticks that were loaded before are no bars of these.
create or replace table bars_step (step text);
