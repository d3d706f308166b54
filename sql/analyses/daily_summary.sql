-- title: Daily summary
-- about: Open, high, low, close, volume and number of trades of each UTC day, per symbol. A day without ticks has no row.
-- column: symbol text | base and quote currency
-- column: time timestamp | start of the day, UTC
-- column: open double | first price of the day, in the quote currency
-- column: high double | highest price, in the quote currency
-- column: low double | lowest price, in the quote currency
-- column: close double | last price of the day, in the quote currency
-- column: volume double | sum of the sizes, in the base currency; null where the source reports none
-- column: trades integer | how many ticks
-- chart: candles x=time open=open high=high low=low close=close volume=volume
-- check: low <= least(open, close) and greatest(open, close) <= high
with
  days as (
    select
      symbol, date_trunc('day', time) as day, min_by(price, position) as open, max(price) as high, min(price) as low,
      max_by(price, position) as close, sum(size) as volume, count(*) as trades
    from ticks
    group by symbol, date_trunc('day', time)
  )
select symbol, cast(day as timestamp) as time, open, high, low, close, volume, trades
from days
order by symbol, time
