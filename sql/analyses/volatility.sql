-- title: Volatility
-- about: Sample standard deviation of the prices around each one, per symbol, whatever time lies between them. The window
--   is centred, so it looks ahead; of an even number of prices one more lies before than after. At both ends it takes
--   what there is; a price alone has no deviation, and is null.
-- param: periods integer = 5 min 2 max 100000 | how many prices, the current one in their middle
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: rolling_stddev double | in the quote currency
-- chart: line x=time y=rolling_stddev
-- check: rolling_stddev >= 0
with
  deviations as (
    select
      position, symbol, time, close as price,
      stddev_samp(close) over (
        partition by symbol order by position
        rows between $periods // 2 preceding and ($periods - 1) // 2 following
      ) as rolling_stddev
    from bars
  )
select symbol, time, price, rolling_stddev
from deviations
order by position
