-- Whether lines only go on where stored_ticks ends: each after the last tick of its symbol, none of them there twice.
with
  lasts as (
    select symbol, max(time) as time
    from stored_ticks
    group by symbol
  ),
  keys as (
    select
      id_key(source, symbol, trade, trade_text) as id, event_key(generation, partition, sequence_number) as event
    from lines
  ),
  known_keys as (
    select source, symbol, trade, trade_text, generation, partition, sequence_number
    from stored_ticks
    union all
    select source, symbol, trade, trade_text, generation, partition, sequence_number
    from dropped_lines
  )
select
  (select count(*) from lines left join lasts using (symbol) where lasts.time is null or lines.time <= lasts.time) = 0
  and (select count(*) - count(distinct id) + count(event) - count(distinct event) from keys) = 0
  and (
    select count(*)
    from known_keys
    where id_key(source, symbol, trade, trade_text) in (select id from keys)
      or event_key(generation, partition, sequence_number) in (select event from keys where event is not null)
  ) = 0 as is_later
