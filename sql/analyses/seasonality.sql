-- title: Seasonality
-- about: What each hour of the week is usually like, per symbol: the mean and the sample standard deviation of the hours'
--   returns, and the mean number of ticks. An hour's return is from the last price of the hour before to its own last; an
--   hour after a hole has none.
-- column: symbol text | base and quote currency
-- column: time timestamp | the first such hour, UTC
-- column: weekday integer | 1 is Monday, 7 Sunday
-- column: hour integer | 0 to 23, UTC
-- column: hours integer | how many such hours had ticks
-- column: avg_return_pct double | percent
-- column: stddev_return_pct double | percent
-- column: avg_trades double | ticks an hour
-- chart: heatmap x=hour y=weekday color=avg_return_pct
-- check: weekday between 1 and 7 and hour between 0 and 23
with
  hours as (
    select symbol, date_trunc('hour', time) as start, max_by(price, position) as close, count(*) as trades
    from ticks
    group by symbol, date_trunc('hour', time)
  ),
  pairs as (
    select
      symbol, start, close, trades,
      lag(close) over (partition by symbol order by start) as prev_close,
      lag(start) over (partition by symbol order by start) as prev_start
    from hours
  ),
  returns as (
    select
      symbol, start, trades, isodow(start) as weekday, hour(start) as hour,
      case when prev_start = start - interval '1 hour' then 100 * (close / prev_close - 1) end as return_pct
    from pairs
  )
select
  symbol, min(start) as time, weekday, hour, count(*) as hours, avg(return_pct) as avg_return_pct,
  stddev_samp(return_pct) as stddev_return_pct, avg(trades) as avg_trades
from returns
group by symbol, weekday, hour
order by symbol, time
