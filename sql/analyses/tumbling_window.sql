-- title: Tumbling window
-- about: The ticks of each stretch of time, one stretch after the other, per symbol, as Azure Stream Analytics cuts them: a
--   window is (start, end], so a tick at the very end is in, and is stamped with its end. Windows without ticks are left out.
-- param: window_ms integer = 1000 min 1 max 86400000 | length of a window
-- column: symbol text | base and quote currency
-- column: time timestamp | end of the window, UTC
-- column: samples integer | how many ticks
-- column: avg_price double | mean price, in the quote currency
-- column: min_price double | in the quote currency
-- column: max_price double | in the quote currency
-- chart: line x=time y=avg_price band=min_price,max_price
-- check: samples > 0
with
  stamped as (
    select symbol, (epoch_us(time) + $window_ms * 1000 - 1) // ($window_ms * 1000) * ($window_ms * 1000) as ends, price
    from ticks
  )
select
  symbol, make_timestamp(ends) as time, count(*) as samples, avg(price) as avg_price, min(price) as min_price,
  max(price) as max_price
from stamped
group by symbol, ends
order by symbol, time
