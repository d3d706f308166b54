-- title: Spike and dip
-- about: Prices that are unlikely after those just before them, per symbol, whatever time lies between: what Azure Stream
--   Analytics documents as AnomalyDetection_SpikeAndDip, by the algorithm that ML.NET publishes. Nothing is an anomaly
--   until there is a full history. It never looks ahead.
-- param: confidence double = 98 min 1 max 99.999 | percent: the higher, the fewer anomalies
-- param: history integer = 120 min 2 max 10000 | how many prices, the last ones, a price is held against
-- param: sides text = both in both,spikes,dips | what counts
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: p_value double | how likely a price as far out is, 0 to 1
-- column: is_anomaly boolean | whether that is less likely than the confidence allows
-- chart: scatter x=time y=price mark=is_anomaly
-- model: spike_and_dip
select symbol, time, close as price
from bars
order by position
