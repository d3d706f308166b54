-- title: Change point
-- about: Where the prices have become unlike those before them for good, per symbol, whatever time lies between: what Azure
--   Stream Analytics documents as AnomalyDetection_ChangePoint, by the algorithm that ML.NET publishes. After a change
--   there is none for as many prices as the history is long. It never looks ahead.
-- param: confidence double = 80 min 1 max 99.999 | percent: the higher, the fewer changes
-- param: history integer = 120 min 2 max 10000 | how many prices, the last ones, a price is held against
-- param: step step = 1 minute | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the tick, or the start of the bar, UTC
-- column: price double | the closing price, in the quote currency
-- column: log_martingale double | natural logarithm of the martingale score
-- column: is_change boolean | whether the score is beyond what the confidence allows
-- chart: scatter x=time y=price mark=is_change
-- model: change_point
select symbol, time, close as price
from bars
order by position
