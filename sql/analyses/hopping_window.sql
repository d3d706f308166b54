-- title: Hopping window
-- about: The ticks of overlapping stretches of time, per symbol, as Azure Stream Analytics cuts them: a window of the given
--   length ends at every hop and is (start, end], so a tick at the very end is in. Windows without ticks are left out.
-- param: window_ms integer = 5000 min 1 max 86400000 | length of a window
-- param: hop_ms integer = 1000 min 1 max 86400000 | from one window's end to the next one's
-- column: symbol text | base and quote currency
-- column: time timestamp | end of the window, UTC
-- column: samples integer | how many ticks
-- column: avg_price double | mean price, in the quote currency
-- column: min_price double | in the quote currency
-- column: max_price double | in the quote currency
-- chart: line x=time y=avg_price band=min_price,max_price
-- check: samples > 0
with
  timed as (
    select symbol, epoch_us(time) as micros, price
    from ticks
  ),
  stamped as (
    select
      symbol, price,
      unnest(range(
        (micros + $hop_ms * 1000 - 1) // ($hop_ms * 1000) * ($hop_ms * 1000), micros + $window_ms * 1000, $hop_ms * 1000
      )) as ends
    from timed
  )
select
  symbol, make_timestamp(ends) as time, count(*) as samples, avg(price) as avg_price, min(price) as min_price,
  max(price) as max_price
from stamped
group by symbol, ends
order by symbol, time
