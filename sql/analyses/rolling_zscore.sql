-- title: Rolling z-score
-- about: How many sample standard deviations each price is from the mean of the prices just before it, per symbol, whatever
--   time lies between them. It never looks ahead. Null until there are enough prices before, and where these are all
--   equal; then any other price is an anomaly.
-- param: periods integer = 60 min 2 max 100000 | how many prices before the current one
-- param: threshold double = 3 min 0 max 100 | a price is an anomaly beyond this many deviations, up or down
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: z_score double | standard deviations
-- column: is_anomaly boolean | whether the score is beyond the threshold
-- chart: panes x=time price=price z_score=z_score mark=is_anomaly
-- check: is_anomaly is not null
with
  windows as (
    select
      position, number, symbol, time, close as price, avg(close) over earlier as mean,
      stddev_samp(close) over earlier as deviation
    from bars
    window earlier as (partition by symbol order by position rows between $periods preceding and 1 preceding)
  ),
  -- Of equal prices, rounding may leave a trace of a deviation.
  judged as (
    select
      position, symbol, time, price, mean, deviation, number > $periods and deviation > 1e-12 * mean as is_varied,
      number > $periods and abs(price - mean) > 1e-12 * mean as is_away
    from windows
  ),
  scores as (
    select
      position, symbol, time, price, case when is_varied then (price - mean) / deviation end as z_score,
      is_away and not is_varied as is_jump
    from judged
  )
select symbol, time, price, z_score, is_jump or coalesce(abs(z_score) > $threshold, false) as is_anomaly
from scores
order by position
