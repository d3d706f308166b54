-- title: Rolling average
-- about: Mean of the prices around each one, per symbol, whatever time lies between them. The window is centred, so it
--   looks ahead; of an even number of prices one more lies before than after. At both ends it takes what there is.
-- param: periods integer = 5 min 1 max 100000 | how many prices, the current one in their middle
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: rolling_avg double | in the quote currency
-- chart: line x=time y=price,rolling_avg
-- check: rolling_avg > 0
with
  averages as (
    select
      position, symbol, time, close as price,
      avg(close) over (
        partition by symbol order by position
        rows between $periods // 2 preceding and ($periods - 1) // 2 following
      ) as rolling_avg
    from bars
  )
select symbol, time, price, rolling_avg
from averages
order by position
