-- title: Realized volatility
-- about: How much the price has moved of late, as a yearly rate, per symbol: the root of the sum of the last squared log
--   returns, over the time that they took (365 days a year). A return over a hole in the data counts with the time of the
--   hole. Null until there are enough returns, and where no time has passed.
-- param: periods integer = 30 min 1 max 100000 | how many returns
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: realized_volatility_pct double | percent a year
-- chart: line x=time y=realized_volatility_pct
-- check: realized_volatility_pct >= 0
with
  returns as (
    select position, number, symbol, time, close as price, ln(close / prev_close) as log_return
    from bars
  ),
  sums as (
    select
      position, number, symbol, time, price, sum(log_return * log_return) over recent as variance,
      epoch_us(time) - epoch_us(lag(time, $periods) over recent) as micros
    from returns
    window recent as (partition by symbol order by position rows between $periods - 1 preceding and current row)
  )
select
  symbol, time, price,
  case when number > $periods and micros > 0 then 100 * sqrt(variance * 365 * 86400e6 / micros) end
    as realized_volatility_pct
from sums
order by position
