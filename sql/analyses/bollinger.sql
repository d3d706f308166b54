-- title: Bollinger bands
-- about: Mean of the last prices, and a band of some sample standard deviations around it, per symbol, whatever time lies
--   between them. Null until there are enough prices.
-- param: periods integer = 20 min 2 max 100000 | how many prices, the current one included
-- param: width double = 2 min 0 max 100 | how many deviations the band is wide, up and down
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: middle double | the mean, in the quote currency
-- column: lower double | in the quote currency
-- column: upper double | in the quote currency
-- chart: line x=time y=price,middle band=lower,upper
-- check: lower <= middle and middle <= upper
with
  windows as (
    select
      position, number, symbol, time, close as price, avg(close) over recent as mean,
      stddev_samp(close) over recent as deviation
    from bars
    window recent as (partition by symbol order by position rows between $periods - 1 preceding and current row)
  )
select
  symbol, time, price,
  case when number >= $periods then mean end as middle,
  case when number >= $periods then mean - $width * deviation end as lower,
  case when number >= $periods then mean + $width * deviation end as upper
from windows
order by position
