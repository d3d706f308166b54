-- Staging: what lines has, after what stored_ticks has already (see lines.sql), for lines of which is_later.sql says yes.
insert into stored_ticks
with
  ordered as (
    select *
    from lines
    order by rank_of(symbol), time, sequence_number, trade, trade_text, rank_of(source)
  ),
  counted as (
    select row_number() over () as n, *
    from ordered
  ),
  lasts as (
    select symbol, max(position) as last_position
    from stored_ticks
    group by symbol
  )
select
  last_position + n as position, symbol, source, side, generation, trade, trade_text, time, received_at, price, size,
  partition, sequence_number, enqueued_at
from counted
join lasts using (symbol)
order by n;

truncate lines;
