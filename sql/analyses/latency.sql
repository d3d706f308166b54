-- title: Latency
-- about: How long ticks took from the exchange to us, and from us into the hub, by hour and symbol: median, 95th percentile
--   (interpolated) and longest. A negative time means clocks that differ. Null where the lines do not say.
-- column: symbol text | base and quote currency
-- column: time timestamp | start of the hour, UTC
-- column: samples integer | how many ticks
-- column: receive_p50_ms double | exchange to us
-- column: receive_p95_ms double | exchange to us
-- column: receive_max_ms double | exchange to us
-- column: enqueue_p50_ms double | us to the hub
-- column: enqueue_p95_ms double | us to the hub
-- column: enqueue_max_ms double | us to the hub
-- chart: line x=time y=receive_p50_ms,receive_p95_ms,enqueue_p50_ms,enqueue_p95_ms
-- check: samples > 0
with
  delays as (
    select
      symbol, date_trunc('hour', time) as hour, (epoch_us(received_at) - epoch_us(time)) / 1e3 as receive_ms,
      (epoch_us(enqueued_at) - epoch_us(received_at)) / 1e3 as enqueue_ms
    from ticks
  )
select
  symbol, hour as time, count(*) as samples,
  quantile_cont(receive_ms, 0.5) as receive_p50_ms, quantile_cont(receive_ms, 0.95) as receive_p95_ms,
  max(receive_ms) as receive_max_ms,
  quantile_cont(enqueue_ms, 0.5) as enqueue_p50_ms, quantile_cont(enqueue_ms, 0.95) as enqueue_p95_ms,
  max(enqueue_ms) as enqueue_max_ms
from delays
group by symbol, hour
order by symbol, time
