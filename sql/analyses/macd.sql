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
    select average, 1 - 2e0 / (periods + 1) as q
    from (values ('fast', $fast), ('slow', $slow), ('signal', $smooth)) as spans (average, periods)
  ),
  blocks as (
    select average, q, cast(ceil(-39 / ln(greatest(q, 1e-17))) as bigint) as block_rows
    from decays
  ),
  numbered as (
    select
      position, symbol, time, close as price,
      close - first_value(close) over (partition by symbol order by position) as value,
      row_number() over (partition by symbol order by position) - 1 as n
    from bars
  ),
  price_parts as (
    select
      average, q, position, symbol, n, n // block_rows as block, n % block_rows as place,
      case when n = 0 then value else (1 - q) * value end as part
    from numbered
    cross join blocks
    where average <> 'signal'
  ),
  price_sums as (
    select
      average, q, position, symbol, n, block, place,
      pow(q, place) * sum(part * pow(q, -place)) over (
        partition by symbol, average, block order by place rows unbounded preceding
      ) as own
    from price_parts
  ),
  price_ends as (
    select symbol, average, block + 1 as block, max_by(own, place) as carried
    from price_sums
    group by symbol, average, block
  ),
  averages as (
    select position, symbol, n, average, own + pow(q, place + 1) * coalesce(carried, 0) as ema
    from price_sums
    left join price_ends using (symbol, average, block)
  ),
  differences as (
    select
      position, symbol, n, max(ema) filter (where average = 'fast') - max(ema) filter (where average = 'slow') as macd
    from averages
    group by position, symbol, n
  ),
  parts as (
    select
      q, position, symbol, macd, n // block_rows as block, n % block_rows as place,
      case when n = 0 then macd else (1 - q) * macd end as part
    from differences
    cross join blocks
    where average = 'signal'
  ),
  sums as (
    select
      q, position, symbol, macd, block, place,
      pow(q, place) * sum(part * pow(q, -place)) over (
        partition by symbol, block order by place rows unbounded preceding
      ) as own
    from parts
  ),
  ends as (
    select symbol, block + 1 as block, max_by(own, place) as carried
    from sums
    group by symbol, block
  ),
  signals as (
    select position, macd, own + pow(q, place + 1) * coalesce(carried, 0) as signal
    from sums
    left join ends using (symbol, block)
  )
select symbol, time, price, macd, signal, macd - signal as histogram
from numbered
join signals using (position)
order by position
