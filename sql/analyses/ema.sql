-- title: Exponential moving average
-- about: Mean of all prices so far, each weighing less the older it is, per symbol, whatever time lies between them: the
--   first is the first price, then each is the last one plus 2 / (periods + 1) of the way to the price.
-- param: periods integer = 12 min 1 max 100000 | the span: the larger, the slower the average
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: ema double | in the quote currency
-- chart: line x=time y=price,ema
-- check: ema > 0
with
  -- The recursion is unrolled in blocks of rows so long that what was before the last block weighs less than 1e-17: within
  -- a block it is a running sum with powers of q, to which the end of the block before is added.
  decay as (
    select 1 - 2e0 / ($periods + 1) as q
  ),
  blocks as (
    select q, cast(ceil(-39 / ln(greatest(q, 1e-17))) as bigint) as block_rows
    from decay
  ),
  parts as (
    select
      position, symbol, time, close as price, q, (number - 1) // block_rows as block,
      (number - 1) % block_rows as place, block_rows, case when number = 1 then close else (1 - q) * close end as part
    from bars
    cross join blocks
  ),
  sums as (
    select
      position, symbol, time, price, q, block, place, block_rows,
      pow(q, place) * sum(part * pow(q, -place)) over (
        partition by symbol order by position rows between place preceding and current row
      ) as own
    from parts
  ),
  ends as (
    select symbol, block + 1 as block, own as carried
    from sums
    where place = block_rows - 1
  )
select symbol, time, price, own + pow(q, place + 1) * coalesce(carried, 0) as ema
from sums
left join ends using (symbol, block)
order by position
