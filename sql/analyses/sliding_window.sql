-- title: Sliding window
-- about: The ticks of the stretch of time before every moment at which a tick enters or leaves it, per symbol, as Azure
--   Stream Analytics cuts them: a window is (start, end], and one without ticks has no row.
-- param: window_ms integer = 5000 min 1 max 86400000 | length of a window
-- column: symbol text | base and quote currency
-- column: time timestamp | end of the window, UTC
-- column: samples integer | how many ticks
-- column: avg_price double | mean price, in the quote currency
-- column: min_price double | in the quote currency
-- column: max_price double | in the quote currency
-- chart: line x=time y=avg_price band=min_price,max_price
-- check: samples > 0
with
  moments as (
    select symbol, epoch_us(time) as micros, price from ticks
    union all
    select symbol, epoch_us(time) + $window_ms * 1000 as micros, null as price from ticks
  ),
  windows as (
    select
      symbol, micros, count(price) over last as samples, avg(price) over last as avg_price,
      min(price) over last as min_price, max(price) over last as max_price
    from moments
    window last as (
      partition by symbol order by micros range between $window_ms * 1000 - 1 preceding and current row
    )
  )
select
  symbol, make_timestamp(micros) as time, max(samples) as samples, max(avg_price) as avg_price,
  max(min_price) as min_price, max(max_price) as max_price
from windows
where samples > 0
group by symbol, micros
order by symbol, time
