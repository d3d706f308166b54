-- title: MACD
-- about: Moving average convergence and divergence: a fast exponential moving average less a slow one, an average of that
--   as its signal, and how far the two are apart, per symbol, whatever time lies between the prices. The averages are
--   those of ema.sql: the first is the first value.
-- param: fast integer = 12 min 1 max 100000 | span of the fast average, in prices
-- param: slow integer = 26 min 1 max 100000 | span of the slow average, in prices
-- param: smooth integer = 9 min 1 max 100000 | span of the signal, in values
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: macd double | in the quote currency
-- column: signal double | in the quote currency
-- column: histogram double | macd less signal, in the quote currency
-- chart: panes x=time price=price macd=macd,signal
with
  -- Blocks as in ema.sql. Of the prices the first one is taken away, which changes no difference and keeps more digits.
  decays as (
    select 1 - 2e0 / ($fast + 1) as fast_q, 1 - 2e0 / ($slow + 1) as slow_q, 1 - 2e0 / ($smooth + 1) as q
  ),
  blocks as (
    select
      fast_q, slow_q, q, cast(ceil(-39 / ln(greatest(fast_q, 1e-17))) as bigint) as fast_rows,
      cast(ceil(-39 / ln(greatest(slow_q, 1e-17))) as bigint) as slow_rows,
      cast(ceil(-39 / ln(greatest(q, 1e-17))) as bigint) as block_rows
    from decays
  ),
  firsts as (
    select symbol, close as first_price
    from bars
    where number = 1
  ),
  -- The first value is 0, whatever its weight.
  places as (
    select
      position, number - 1 as n, symbol, time, close as price, close - first_price as value, fast_q, slow_q, q,
      fast_rows, slow_rows, block_rows, (number - 1) // fast_rows as fast_block, (number - 1) % fast_rows as fast_place,
      (number - 1) // slow_rows as slow_block, (number - 1) % slow_rows as slow_place
    from bars
    join firsts using (symbol)
    cross join blocks
  ),
  price_sums as (
    select
      position, n, symbol, time, price, fast_q, slow_q, q, fast_rows, slow_rows, block_rows, fast_block, fast_place,
      slow_block, slow_place,
      pow(fast_q, fast_place) * sum((1 - fast_q) * value * pow(fast_q, -fast_place)) over (
        partition by symbol order by position rows between fast_place preceding and current row
      ) as fast_own,
      pow(slow_q, slow_place) * sum((1 - slow_q) * value * pow(slow_q, -slow_place)) over (
        partition by symbol order by position rows between slow_place preceding and current row
      ) as slow_own
    from places
  ),
  fast_ends as (
    select symbol, fast_block + 1 as fast_block, fast_own as fast_carried
    from price_sums
    where fast_place = fast_rows - 1
  ),
  slow_ends as (
    select symbol, slow_block + 1 as slow_block, slow_own as slow_carried
    from price_sums
    where slow_place = slow_rows - 1
  ),
  differences as (
    select
      position, n, symbol, time, price, q, block_rows, n // block_rows as block, n % block_rows as place,
      fast_own + pow(fast_q, fast_place + 1) * coalesce(fast_carried, 0)
        - (slow_own + pow(slow_q, slow_place + 1) * coalesce(slow_carried, 0)) as macd
    from price_sums
    left join fast_ends using (symbol, fast_block)
    left join slow_ends using (symbol, slow_block)
  ),
  sums as (
    select
      position, symbol, time, price, macd, q, block_rows, block, place,
      pow(q, place) * sum((1 - q) * macd * pow(q, -place)) over (
        partition by symbol order by position rows between place preceding and current row
      ) as own
    from differences
  ),
  ends as (
    select symbol, block + 1 as block, own as carried
    from sums
    where place = block_rows - 1
  ),
  signals as (
    select position, symbol, time, price, macd, own + pow(q, place + 1) * coalesce(carried, 0) as signal
    from sums
    left join ends using (symbol, block)
  )
select symbol, time, price, macd, signal, macd - signal as histogram
from signals
order by position
