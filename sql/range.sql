-- What the analyses read, of the stored_ticks and dropped_lines (see lines.sql) that are asked for.
--   ticks          typed, valid, each tick once; position orders them by symbol and time
--   load_counts    where the lines went: lines = refused + outside + redelivered + repeated + ticks
--   symbol_counts  the last three of these for each symbol, and the times of its first and last tick
-- Parameters: $from (inclusive) and $to (exclusive) bound the ticks' own time, $symbol picks one; null takes all.
set variable from_time = coalesce(cast($from as timestamp), timestamp '-infinity');
set variable to_time = coalesce(cast($to as timestamp), timestamp 'infinity');
set variable only_symbol = case when $symbol is not null then coalesce(list_position(getvariable('words'), $symbol), 0) end;

-- The texts of which there are few are words of a type of their own, in the order of texts: they are compared, sorted and
-- grouped by as numbers are, which takes half the time, and are texts in all else.
drop table if exists tick_bars;
drop table if exists timed_bars;

create or replace type known_word as enum (select word from words union select '' as word order by word);

set variable known_words = (select list(cast(word as known_word) order by rowid) from words);

create or replace macro known_word_of(number) as cast(getvariable('known_words')[number] as known_word);

create or replace view ticks as
select
  (rank_of(symbol) << 40) + n as position, known_word_of(symbol) as symbol, time, price, size,
  known_word_of(side) as side, known_word_of(source) as source,
  word_of(source) || '|' || word_of(symbol) || '|' || coalesce(cast(trade as text), trade_text) as id, received_at,
  partition, sequence_number, enqueued_at, known_word_of(generation) as generation
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

-- Bars of ticks that were loaded before are no bars of these. See bars.sql and tick_bars.sql, which fill the tables.
--   bars_steps  the steps of which there are bars
--   bars        those of the step that is asked for; number counts those of a symbol from 1 on
create or replace table bars_steps (step text);

create table tick_bars (
  position bigint, number integer, symbol known_word, time timestamp, price double, prev_price double, size double
);

create table timed_bars (
  position bigint, number integer, symbol known_word, time timestamp, open double, high double, low double,
  close double, prev_close double, volume double, vwap double, trades bigint
);

create or replace view bars as
select
  position, number, symbol, time, price as open, price as high, price as low, price as close,
  prev_price as prev_close, size as volume, case when size > 0 then price end as vwap, cast(1 as bigint) as trades
from tick_bars
where getvariable('bars_step') = 'tick'
union all
select position, number, symbol, time, open, high, low, close, prev_close, volume, vwap, trades
from timed_bars
where getvariable('bars_step') <> 'tick';
