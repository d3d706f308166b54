-- title: Z-score
-- about: How many sample standard deviations each price is from the mean of all prices loaded, per symbol. It looks ahead:
--   every price is judged by those that came after it, too. Where all prices are equal, or there is one only, nothing
--   deviates and the score is null.
-- param: threshold double = 2 min 0 max 100 | a price is an anomaly beyond this many deviations, up or down
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: z_score double | standard deviations
-- column: is_anomaly boolean | whether the score is beyond the threshold
-- chart: panes x=time price=price z_score=z_score mark=is_anomaly
-- check: is_anomaly is not null
with
  symbols as (
    select symbol, avg(close) as mean, stddev_samp(close) as deviation
    from bars
    group by symbol
  ),
  scores as (
    select position, symbol, time, close as price, (close - mean) / nullif(deviation, 0) as z_score
    from bars
    join symbols using (symbol)
  )
select symbol, time, price, z_score, coalesce(abs(z_score) > $threshold, false) as is_anomaly
from scores
order by position
