-- title: Rate of change
-- about: How far each price is from an earlier one, per symbol: 100 x (price / earlier price - 1), whatever time lies
--   between them. The first rows, which have no earlier price, are null.
-- param: lag integer = 1 min 1 max 100000 | how many prices back the earlier one is
-- column: symbol text | base and quote currency
-- column: time timestamp | of the price, UTC
-- column: price double | in the quote currency
-- column: prev_price double | the earlier price, in the quote currency
-- column: rate_of_change_pct double | percent
-- chart: line x=time y=rate_of_change_pct
-- check: rate_of_change_pct > -100
with
  pairs as (
    select
      symbol, time, sequence_number, id, price,
      lag(price, $lag) over (partition by symbol order by time, sequence_number, id) as prev_price
    from ticks
  )
select symbol, time, price, prev_price, 100 * (price / prev_price - 1) as rate_of_change_pct
from pairs
order by symbol, time, sequence_number, id
