-- title: Trend
-- about: Slope of the least-squares line through the last prices over their times, per symbol. The times are the real ones,
--   so a hole counts with its length. Null until there are enough prices, and where they are all of one time.
-- param: periods integer = 60 min 2 max 100000 | how many prices, the current one included
-- param: flat double = 0.01 min 0 max 100 | a slope up to this many percent of the price an hour is flat
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: slope_per_hour double | in the quote currency an hour, USD for BTC-USD
-- column: direction text | up, flat or down
-- chart: line x=time y=slope_per_hour
-- check: direction in ('up', 'flat', 'down')
with
  timed as (
    select
      position, number, symbol, time, close as price,
      (epoch_us(time) - epoch_us(min(time) over (partition by symbol))) / 3600e6 as hours
    from bars
  ),
  slopes as (
    select
      position, symbol, time, price,
      case when number >= $periods and hours > lag(hours, $periods - 1) over recent
        then regr_slope(price, hours) over recent end as slope_per_hour
    from timed
    window recent as (partition by symbol order by position rows between $periods - 1 preceding and current row)
  )
select
  symbol, time, price, slope_per_hour,
  case
    when slope_per_hour > price * $flat / 100 then 'up'
    when slope_per_hour < -price * $flat / 100 then 'down'
    when slope_per_hour is not null then 'flat'
  end as direction
from slopes
order by position
