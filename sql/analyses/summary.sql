-- title: Summary
-- about: Count, mean, sample standard deviation and quartiles (interpolated) of the prices, per symbol. A price alone has no
--   deviation.
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the first price, UTC
-- column: last_time timestamp | of the last price, UTC
-- column: samples integer | how many prices
-- column: mean double | in the quote currency
-- column: stddev double | in the quote currency
-- column: min double | in the quote currency
-- column: p25 double | a quarter of the prices are at or below, in the quote currency
-- column: p50 double | half of the prices are at or below, in the quote currency
-- column: p75 double | three quarters of the prices are at or below, in the quote currency
-- column: max double | in the quote currency
-- check: samples > 0
select
  symbol, min(time) as time, max(time) as last_time, count(*) as samples, avg(close) as mean,
  stddev_samp(close) as stddev, min(close) as min, quantile_cont(close, 0.25) as p25, quantile_cont(close, 0.5) as p50,
  quantile_cont(close, 0.75) as p75, max(close) as max
from bars
group by symbol
order by symbol
