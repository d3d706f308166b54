-- Staging: from judged_lines (see judged_lines.sql) to
--   ticks          typed, valid, each tick once; position counts them by symbol and time
--   refused_ticks  the lines that are no tick, each with its reason
--   load_counts    where the lines went: lines = refused + outside + redelivered + repeated + ticks
--   symbol_counts  the last three of these for each symbol
-- Parameters: $from (inclusive) and $to (exclusive) bound the ticks' own time, $symbol picks one; null takes all.

-- The keys tell ticks apart, as good as always: an event is known by all three, a tick by its id.
create or replace table accepted_ticks as
select
  *,
  hash(id) as id_key,
  case when generation is not null and partition is not null and sequence_number is not null
    then hash(generation, partition, sequence_number) end as event_key
from judged_lines;

drop table raw_ticks;

create or replace table line_counts as
select count(*) as lines, count(reason) as refused
from accepted_ticks;

create or replace table refused_ticks as
select blob, line, reason
from accepted_ticks
where reason is not null
order by blob, line;

delete from accepted_ticks
where reason is not null
  or time < cast($from as timestamp)
  or time >= cast($to as timestamp)
  or symbol <> $symbol;

-- A tick may be there more than once. As a rule none is, so that only those that share a key are compared.
create or replace table suspect_ticks as
with
  ids as (
    select id_key
    from accepted_ticks
    group by id_key
    having count(*) > 1
  ),
  events as (
    select event_key
    from accepted_ticks
    where event_key is not null
    group by event_key
    having count(*) > 1
  )
select rowid as row, *
from accepted_ticks
where id_key in (select id_key from ids) or event_key in (select event_key from events);

delete from accepted_ticks where rowid in (select row from suspect_ticks);

-- The hub may deliver an event more than once, and two receivers may each have stored it.
create or replace table delivered_ticks as
select * from suspect_ticks where event_key is null
union all
select * from (
  select distinct on (generation, partition, sequence_number) *
  from suspect_ticks
  where event_key is not null
  order by generation, partition, sequence_number, id, time, price
);

-- A producer that tries again may have sent a tick twice: the first one that the hub took counts.
create or replace table first_ticks as
select *
from delivered_ticks
qualify row_number() over (
  partition by id order by enqueued_at, generation, partition, sequence_number, time, price, size, received_at
) = 1;

create or replace table ticks as
with
  all_ticks as (
    select symbol, time, price, size, side, source, id, received_at, partition, sequence_number, enqueued_at, generation
    from accepted_ticks
    union all
    select symbol, time, price, size, side, source, id, received_at, partition, sequence_number, enqueued_at, generation
    from first_ticks
  ),
  ordered as (
    select *
    from all_ticks
    order by symbol, time, sequence_number, id
  )
-- A row number over nothing counts the rows as they come, which spares a second sort.
select row_number() over () as position, *
from ordered;

create or replace table symbol_counts as
with
  kept as (select symbol, count(*) as ticks from ticks group by symbol),
  suspects as (select symbol, count(*) as lines from suspect_ticks group by symbol),
  delivered as (select symbol, count(*) as lines from delivered_ticks group by symbol),
  firsts as (select symbol, count(*) as lines from first_ticks group by symbol)
select
  kept.symbol,
  coalesce(suspects.lines - delivered.lines, 0) as redelivered,
  coalesce(delivered.lines - firsts.lines, 0) as repeated,
  kept.ticks
from kept
left join suspects using (symbol)
left join delivered using (symbol)
left join firsts using (symbol)
order by kept.symbol;

create or replace table load_counts as
with
  symbols as (
    select
      coalesce(cast(sum(redelivered) as bigint), 0) as redelivered,
      coalesce(cast(sum(repeated) as bigint), 0) as repeated,
      coalesce(cast(sum(ticks) as bigint), 0) as ticks
    from symbol_counts
  )
select lines, refused, lines - refused - redelivered - repeated - ticks as outside, redelivered, repeated, ticks
from line_counts, symbols;

-- Bars of ticks that were loaded before are no bars of these.
create or replace table bars_step (step text);

drop table accepted_ticks;
drop table suspect_ticks;
drop table delivered_ticks;
drop table first_ticks;
drop table line_counts;
