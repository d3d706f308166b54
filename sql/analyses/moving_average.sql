-- title: Moving average
-- about: Mean of the last few prices, per symbol, whatever time lies between them. The first rows average what there is.
-- param: periods integer = 5 min 1 max 100000 | how many prices, the current one included
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: moving_avg double | in the quote currency
-- chart: line x=time y=price,moving_avg
-- check: moving_avg > 0
with
  averages as (
    select
      position, symbol, time, close as price,
      avg(close) over (
        partition by symbol order by position rows between $periods - 1 preceding and current row
      ) as moving_avg
    from bars
  )
select symbol, time, price, moving_avg
from averages
order by position
