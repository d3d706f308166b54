-- title: Hourly aggregation
-- about: Open, high, low, close, mean and volume of each UTC hour, per symbol. An hour without ticks has no row. The
--   mean is of the ticks, each with the same weight; the volume is null where the source reports no sizes.
-- column: symbol text | base and quote currency
-- column: time timestamp | start of the hour, UTC
-- column: samples integer | how many ticks
-- column: open double | first price of the hour, in the quote currency
-- column: high double | highest price, in the quote currency
-- column: low double | lowest price, in the quote currency
-- column: close double | last price of the hour, in the quote currency
-- column: avg_price double | mean price, in the quote currency
-- column: volume double | sum of the sizes, in the base currency
-- chart: candles x=time open=open high=high low=low close=close volume=volume
-- check: low <= least(open, close) and greatest(open, close) <= high
-- check: samples > 0
with
  hours as (
    select
      symbol, date_trunc('hour', time) as hour, count(*) as samples, min_by(price, position) as open,
      max(price) as high, min(price) as low, max_by(price, position) as close, avg(price) as avg_price,
      sum(size) as volume
    from ticks
    group by symbol, date_trunc('hour', time)
  )
select symbol, hour as time, samples, open, high, low, close, avg_price, volume
from hours
order by symbol, time
