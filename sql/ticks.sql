-- Staging: from lines to new_ticks and dropped_lines (see lines.sql).

-- A tick may be there more than once. As a rule none is, so that only those that share a key are compared; that keys may
-- collide does no harm.
create or replace table suspects as
with
  ids as (
    select id_key(source, symbol, trade, trade_text) as key
    from lines
    group by key
    having count(*) > 1
  ),
  events as (
    select event_key(generation, partition, sequence_number) as key
    from lines
    group by key
    having key is not null and count(*) > 1
  )
select
  rowid as line, *, word_of(generation) as hub,
  case when event_key(generation, partition, sequence_number) is null then rowid end as eventless
from lines
where id_key(source, symbol, trade, trade_text) in (select key from ids)
  or event_key(generation, partition, sequence_number) in (select key from events);

create or replace table judged as
with
  -- The hub may deliver an event more than once, and two receivers may each have stored it.
  deliveries as (
    select
      *,
      row_number() over (
        partition by generation, partition, sequence_number, eventless
        order by word_of(source), word_of(symbol), trade, trade_text, time, price, size, received_at
      ) as delivery
    from suspects
  )
-- A producer that tries again may have sent a tick twice: the first one that the hub took counts.
select
  *,
  row_number() over (
    partition by source, symbol, trade, trade_text, delivery = 1
    order by enqueued_at, hub, partition, sequence_number, time, price, size, received_at
  ) as sending
from deliveries;

insert into dropped_lines
select
  case when delivery > 1 then 'redelivered' else 'repeated' end as verdict, symbol, source, side, generation, trade,
  trade_text, time, received_at, price, size, partition, sequence_number, enqueued_at
from judged
where delivery > 1 or sending > 1;

delete from lines
where rowid in (select line from judged where delivery > 1 or sending > 1);

insert into new_ticks
with
  ordered as (
    select *
    from lines
    order by rank_of(symbol), time, sequence_number, trade, trade_text, rank_of(source)
  )
-- A row number over nothing counts the rows as they come, which spares a second sort.
select
  (select coalesce(max(n), 0) from stored_ticks) + row_number() over () as n, symbol, source, side, generation, trade,
  trade_text, time, received_at, price, size, partition, sequence_number, enqueued_at
from ordered;

truncate lines;

drop table suspects;
drop table judged;
