-- title: Relative strength index
-- about: Wilder's RSI, per symbol, whatever time lies between the prices: of the average rise and the average fall, the
--   rise's share in percent. The first averages are plain means of the first changes; then each keeps (periods - 1) /
--   periods of the last one. Null until there are enough changes, and where the price never moved.
-- param: periods integer = 14 min 1 max 100000 | how many changes the first averages take
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: rsi double | 0 to 100
-- chart: panes x=time price=price rsi=rsi
-- check: rsi between 0 and 100
with
  -- Blocks as in ema.sql, counted from the first averages.
  blocks as (
    select
      1 - 1e0 / $periods as q, cast(ceil(-39 / ln(greatest(1 - 1e0 / $periods, 1e-17))) as bigint) as block_rows
  ),
  changes as (
    select
      position, number - 1 as n, symbol, time, close as price, greatest(close - prev_close, 0) as rise,
      greatest(prev_close - close, 0) as fall
    from bars
  ),
  seeds as (
    select symbol, avg(rise) as seed_rise, avg(fall) as seed_fall
    from changes
    where n between 1 and $periods
    group by symbol
  ),
  parts as (
    select
      position, symbol, time, price, q, block_rows, n >= $periods as is_full,
      greatest(n - $periods, 0) // block_rows as block, greatest(n - $periods, 0) % block_rows as place,
      case when n = $periods then seed_rise when n > $periods then (1 - q) * rise end as rise_part,
      case when n = $periods then seed_fall when n > $periods then (1 - q) * fall end as fall_part
    from changes
    left join seeds using (symbol)
    cross join blocks
  ),
  sums as (
    select
      position, symbol, time, price, q, block_rows, is_full, block, place,
      pow(q, place) * sum(rise_part * pow(q, -place)) over so_far as rise,
      pow(q, place) * sum(fall_part * pow(q, -place)) over so_far as fall
    from parts
    window so_far as (partition by symbol order by position rows between place preceding and current row)
  ),
  ends as (
    select symbol, block + 1 as block, rise as carried_rise, fall as carried_fall
    from sums
    where is_full and place = block_rows - 1
  ),
  averages as (
    select
      position, symbol, time, price, rise + pow(q, place + 1) * coalesce(carried_rise, 0) as rise,
      fall + pow(q, place + 1) * coalesce(carried_fall, 0) as fall
    from sums
    left join ends using (symbol, block)
  )
select symbol, time, price, 100 * (rise / nullif(rise + fall, 0)) as rsi
from averages
order by position
