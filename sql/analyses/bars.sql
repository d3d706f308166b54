-- title: Bars
-- about: Open, high, low, close, volume, volume-weighted mean price and number of ticks of each step of time, per symbol. A
--   step without ticks has no bar. Volume and mean are null where the source reports no sizes.
-- param: step step = 1 minute | tick, or the length of the bars
-- column: symbol text | base and quote currency
-- column: time timestamp | start of the bar, UTC
-- column: open double | first price, in the quote currency
-- column: high double | highest price, in the quote currency
-- column: low double | lowest price, in the quote currency
-- column: close double | last price, in the quote currency
-- column: volume double | sum of the sizes, in the base currency
-- column: vwap double | mean price, each by its size, in the quote currency
-- column: trades integer | how many ticks
-- chart: candles x=time open=open high=high low=low close=close volume=volume
-- check: low <= least(open, close) and greatest(open, close) <= high
-- check: low <= vwap and vwap <= high
-- check: trades > 0
select symbol, time, open, high, low, close, volume, vwap, trades
from bars
order by position
