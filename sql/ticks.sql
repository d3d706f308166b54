-- Staging: from judged_lines (see judged_lines.sql) to
--   ticks          typed, valid, each tick once; position counts them by symbol and time
--   refused_ticks  the lines that are no tick, each with its reason
--   load_counts    where the lines went: lines = refused + outside + redelivered + repeated + ticks
--   symbol_counts  the last three of these for each symbol
-- Parameters: $from (inclusive) and $to (exclusive) bound the ticks' own time, $symbol picks one; null takes all.

create or replace table refused_ticks as
select blob, line, reason
from judged_lines
where reason is not null
order by blob, line;

create or replace table accepted_ticks as
select * exclude (blob, line, reason)
from judged_lines
where reason is null
  and ($from is null or time >= cast($from as timestamp))
  and ($to is null or time < cast($to as timestamp))
  and ($symbol is null or symbol = $symbol);

-- The hub may deliver an event more than once, and two receivers may each have stored it.
create or replace table delivered_ticks as
select * from accepted_ticks where sequence_number is null
union all
select * from (
  select distinct on (generation, partition, sequence_number) *
  from accepted_ticks
  where sequence_number is not null
);

-- A producer that tries again may have sent a tick twice: the first one that the hub took counts.
create or replace table ticks as
with
  firsts as (
    select *
    from delivered_ticks
    qualify row_number() over (
      partition by id order by enqueued_at, generation, partition, sequence_number, time, price, size, received_at
    ) = 1
  )
select
  row_number() over (order by symbol, time, sequence_number, id) as position,
  symbol, time, price, size, side, source, id, received_at, partition, sequence_number, enqueued_at, generation
from firsts
order by position;

create or replace table symbol_counts as
with
  accepted as (select symbol, count(*) as accepted from accepted_ticks group by symbol),
  delivered as (select symbol, count(*) as delivered from delivered_ticks group by symbol),
  kept as (select symbol, count(*) as ticks from ticks group by symbol)
select symbol, accepted - delivered as redelivered, delivered - ticks as repeated, ticks
from accepted
join delivered using (symbol)
join kept using (symbol)
order by symbol;

create or replace table load_counts as
with
  lines as (select count(*) as lines from raw_ticks),
  refused as (select count(*) as refused from refused_ticks),
  symbols as (
    select
      coalesce(cast(sum(redelivered) as bigint), 0) as redelivered,
      coalesce(cast(sum(repeated) as bigint), 0) as repeated,
      coalesce(cast(sum(ticks) as bigint), 0) as ticks
    from symbol_counts
  )
select lines, refused, lines - refused - redelivered - repeated - ticks as outside, redelivered, repeated, ticks
from lines, refused, symbols;

-- Bars of ticks that were loaded before are no bars of these.
create or replace table bars_step (step text);

drop table accepted_ticks;
drop table delivered_ticks;
drop table raw_ticks;
