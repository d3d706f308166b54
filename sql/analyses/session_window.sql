-- title: Session window
-- about: Ticks that follow each other closely, per symbol, as Azure Stream Analytics groups them with no greatest length: a
--   session begins with a tick, and ends when no other has come for the timeout.
-- param: timeout_ms integer = 300000 min 1 max 86400000 | how long without a tick ends a session
-- column: symbol text | base and quote currency
-- column: time timestamp | end of the window, UTC, the timeout after its last tick
-- column: start_time timestamp | of its first tick, UTC
-- column: samples integer | how many ticks
-- column: avg_price double | mean price, in the quote currency
-- column: min_price double | in the quote currency
-- column: max_price double | in the quote currency
-- chart: line x=time y=avg_price band=min_price,max_price
-- check: samples > 0
with
  steps as (
    select
      position, symbol, time, price,
      epoch_us(time) - epoch_us(lag(time) over (partition by symbol order by position)) > $timeout_ms * 1000 as is_late
    from ticks
  ),
  sessions as (
    select
      symbol, time, price,
      sum(case when is_late then 1e0 else 0 end) over (
        partition by symbol order by position rows unbounded preceding
      ) as session
    from steps
  )
select
  symbol, max(time) + to_milliseconds($timeout_ms) as time, min(time) as start_time, count(*) as samples,
  avg(price) as avg_price, min(price) as min_price, max(price) as max_price
from sessions
group by symbol, session
order by symbol, time
