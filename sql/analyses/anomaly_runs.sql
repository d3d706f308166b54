-- title: Anomaly runs
-- about: Where a price that is no anomaly is followed by a run of anomalies within some time, per symbol. An anomaly is one
--   of zscore.sql: it lies beyond the threshold, in sample standard deviations from the mean of all prices loaded. The time
--   counts from the price before the run.
-- param: run integer = 4 min 1 max 1000 | how many anomalies one after the other
-- param: within_s double = 60 min 0 max 86400 | seconds from the price before to the last of them
-- param: threshold double = 2 min 0 max 100 | a price is an anomaly beyond this many deviations, up or down
-- param: step step = tick | tick, or the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | of the first anomaly, UTC
-- column: last_time timestamp | of the last anomaly, UTC
-- column: first_price double | of the first anomaly, in the quote currency
-- column: last_price double | of the last anomaly, in the quote currency
-- check: time <= last_time
with
  symbols as (
    select symbol, avg(close) as mean, stddev_samp(close) as deviation
    from bars
    group by symbol
  ),
  judged as (
    select
      position, symbol, time, close as price,
      coalesce(abs(close - mean) / nullif(deviation, 0) > $threshold, false) as is_anomaly
    from bars
    join symbols using (symbol)
  ),
  runs as (
    select
      position, symbol, time, is_anomaly,
      count(*) filter (where is_anomaly) over (
        partition by symbol order by position rows between 1 following and $run following
      ) as anomalies,
      lead(time) over ordered as first_time,
      lead(time, $run) over ordered as last_time,
      lead(price) over ordered as first_price,
      lead(price, $run) over ordered as last_price
    from judged
    window ordered as (partition by symbol order by position)
  )
select symbol, first_time as time, last_time, first_price, last_price
from runs
where not is_anomaly and anomalies = $run and epoch_us(last_time) - epoch_us(time) <= $within_s * 1e6
order by position
