-- title: Volatility
-- about: Sample standard deviation of the prices around each one, per symbol, whatever time lies between them. The window
--   is centred, so it looks ahead; of an even number of prices one more lies before than after. At both ends it takes
--   what there is; a price alone has no deviation, and is null.
-- param: periods integer = 5 min 2 max 100000 | how many prices, the current one in their middle
-- column: symbol text | base and quote currency
-- column: time timestamp | of the price, UTC
-- column: price double | in the quote currency
-- column: rolling_stddev double | in the quote currency
-- chart: line x=time y=rolling_stddev
-- check: rolling_stddev >= 0
with
  deviations as (
    select
      symbol, time, sequence_number, id, price,
      stddev_samp(price) over (
        partition by symbol order by time, sequence_number, id
        rows between $periods // 2 preceding and ($periods - 1) // 2 following
      ) as rolling_stddev
    from ticks
  )
select symbol, time, price, rolling_stddev
from deviations
order by symbol, time, sequence_number, id
