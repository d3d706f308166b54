-- The view judged_lines: what each line of raw_ticks says, as the fields of a stored tick, and the reason why it is none,
-- which is null for a tick.

-- Ticklake's own lines. The rules are those of pipeline/tick.ts, since a blob may come from elsewhere.
create or replace view own_lines as
select
  blob, line, id, source, symbol, price, size, side, time, received_at,
  partition, sequence_number, enqueued_at, generation,
  case
    when problem is not null then problem
    when source is null then 'field "source" is missing, expected 1 to 32 of a-z, 0-9 and _'
    when not regexp_full_match(source, '[a-z0-9_]{1,32}')
      then 'field "source" is "' || source || '", expected 1 to 32 of a-z, 0-9 and _'
    when symbol is null then 'field "symbol" is missing, expected a pair such as BTC-USD'
    when not regexp_full_match(symbol, '[A-Z0-9]{1,16}-[A-Z0-9]{1,16}')
      then 'field "symbol" is "' || symbol || '", expected a pair such as BTC-USD'
    when id is null then 'field "id" is missing, expected "' || source || '|' || symbol || '|..."'
    when not starts_with(id, source || '|' || symbol || '|')
      then 'field "id" is "' || id || '", expected "' || source || '|' || symbol || '|..."'
    when price is null then 'field "price" is missing, expected a finite number above 0'
    when not (isfinite(price) and price > 0)
      then 'field "price" is ' || price || ', expected a finite number above 0'
    when size is not null and not (isfinite(size) and size >= 0)
      then 'field "size" is ' || size || ', expected a finite number, 0 or more, or null'
    when side not in ('buy', 'sell') then 'field "side" is "' || side || '", expected "buy", "sell" or null'
    when time is null then 'field "time" is missing, expected an ISO 8601 UTC time'
    when received_at is null then 'field "received_at" is missing, expected an ISO 8601 UTC time'
  end as reason
from raw_ticks
where currency is null;

-- Lines of the DATA605 project: {"currency":"BTC","price_usd":96503.0,"timestamp":1746246720.3255968}, the timestamp in
-- seconds since the epoch. They carry no id: two readings of one microsecond are one reading.
create or replace view data605_lines as
with
  judged as (
    select
      blob, line, currency || '-USD' as symbol, price_usd, timestamp,
      case
        when problem is not null then problem
        when not regexp_full_match(currency, '[A-Z0-9]{1,16}')
          then 'field "currency" is "' || currency || '", expected one such as BTC'
        when price_usd is null then 'field "price_usd" is missing, expected a finite number above 0'
        when not (isfinite(price_usd) and price_usd > 0)
          then 'field "price_usd" is ' || price_usd || ', expected a finite number above 0'
        when timestamp is null then 'field "timestamp" is missing, expected seconds since 1970'
        when not (isfinite(timestamp) and timestamp between 0 and 9e9)
          then 'field "timestamp" is ' || timestamp || ', expected seconds since 1970'
      end as reason
    from raw_ticks
    where currency is not null
  ),
  stamped as (
    select *, case when reason is null then cast(round(timestamp * 1e6) as bigint) end as micros
    from judged
  )
select
  blob, line, 'data605|' || symbol || '|' || micros as id, 'data605' as source, symbol, price_usd as price,
  cast(null as double) as size, cast(null as text) as side,
  make_timestamp(micros) as time, make_timestamp(micros) as received_at,
  cast(null as integer) as partition, cast(null as bigint) as sequence_number,
  cast(null as timestamp) as enqueued_at, cast(null as text) as generation, reason
from stamped;

create or replace view judged_lines as
select * from own_lines
union all
select * from data605_lines;
