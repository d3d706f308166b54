-- title: Moving average
-- about: Mean of the last few prices, per symbol, whatever time lies between them. The first rows average what there is.
-- param: periods integer = 5 min 1 max 100000 | how many prices, the current one included
-- column: symbol text | base and quote currency
-- column: time timestamp | of the price, UTC
-- column: price double | in the quote currency
-- column: moving_avg double | in the quote currency
-- chart: line x=time y=price,moving_avg
-- check: moving_avg > 0
with
  averages as (
    select
      symbol, time, sequence_number, id, price,
      avg(price) over (
        partition by symbol order by time, sequence_number, id rows between $periods - 1 preceding and current row
      ) as moving_avg
    from ticks
  )
select symbol, time, price, moving_avg
from averages
order by symbol, time, sequence_number, id
