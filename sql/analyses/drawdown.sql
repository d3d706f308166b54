-- title: Drawdown
-- about: How far each price is below the highest price so far, per symbol.
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: peak_price double | the highest so far, in the quote currency
-- column: drawdown_pct double | percent of the peak, 0 or below
-- chart: panes x=time price=price,peak_price drawdown=drawdown_pct
-- check: drawdown_pct between -100 and 0
with
  peaks as (
    select
      position, symbol, time, close as price,
      max(close) over (partition by symbol order by position) as peak_price
    from bars
  )
select symbol, time, price, peak_price, 100 * (price / peak_price - 1) as drawdown_pct
from peaks
order by position
