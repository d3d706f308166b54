-- title: Isolation forest
-- about: How easily each row is told from all others by its price, its return, the volatility of the last prices (sample
--   standard deviation) and its volume, per symbol: the share of rows that are told most easily are anomalies. It looks
--   ahead. A missing return, volatility or volume counts as 0. After Liu, Ting and Zhou (2008).
-- param: contamination double = 0.05 min 0 max 0.5 | the share of rows that are anomalies
-- param: trees integer = 100 min 1 max 10000 | how many
-- param: samples integer = 256 min 2 max 100000 | how many rows each tree is grown from
-- param: seed integer = 1 min 0 max 4294967295 | of the random cuts: the same seed gives the same scores
-- param: periods integer = 5 min 2 max 100000 | how many prices the volatility is of, the current one included
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: anomaly_score double | 0 to 1, about 0.5 for a usual row
-- column: is_anomaly boolean | whether the row is among the share
-- chart: scatter x=time y=price mark=is_anomaly score=anomaly_score
-- model: isolation_forest
select
  symbol, time, close as price,
  close as price_feature,
  close / prev_close - 1 as return_feature,
  stddev_samp(close) over (
    partition by symbol order by position rows between $periods - 1 preceding and current row
  ) as volatility_feature,
  volume as volume_feature
from bars
order by position
