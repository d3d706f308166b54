-- title: Rate of change
-- about: How far each price is from an earlier one, per symbol: 100 x (price / earlier price - 1), whatever time lies
--   between them. The first rows, which have no earlier price, are null.
-- param: lag integer = 1 min 1 max 100000 | how many prices back the earlier one is
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: prev_price double | the earlier price, in the quote currency
-- column: rate_of_change_pct double | percent
-- chart: line x=time y=rate_of_change_pct
-- chart: histogram x=rate_of_change_pct
-- check: rate_of_change_pct >= -100
with
  pairs as (
    select
      position, symbol, time, close as price,
      lag(close, $lag) over (partition by symbol order by position) as prev_price
    from bars
  )
select symbol, time, price, prev_price, 100 * (price / prev_price - 1) as rate_of_change_pct
from pairs
order by position
