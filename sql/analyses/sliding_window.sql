-- title: Sliding window
-- about: The ticks of the stretch of time before every moment at which a tick enters or leaves it, per symbol, as Azure
--   Stream Analytics cuts them: a window is (start, end], and one without ticks has no row.
-- param: window_ms integer = 5000 min 1 max 86400000 | length of a window
-- column: symbol text | base and quote currency
-- column: time timestamp | end of the window, UTC
-- column: samples integer | how many ticks
-- column: avg_price double | mean price, in the quote currency
-- column: min_price double | in the quote currency
-- column: max_price double | in the quote currency
-- chart: line x=time y=avg_price band=min_price,max_price
-- check: samples > 0
with
  numbered as (
    select
      symbol, epoch_us(time) as micros, price, lead(price) over ordered as next_price,
      row_number() over ordered as number
    from ticks
    window ordered as (partition by symbol order by position)
  ),
  -- The window of a moment at which a tick enters ends with that tick; the window of one at which a tick leaves begins with
  -- the next tick, whose price stands with it.
  moments as (
    select symbol, false as is_leaving, number, micros, price
    from numbered
    union all
    select symbol, true as is_leaving, number, micros + $window_ms * 1000 as micros, next_price as price
    from numbered
  ),
  ranked as (
    select
      symbol, is_leaving, number, micros, price, row_number() over in_time as rank,
      lead(micros) over in_time is distinct from micros as is_last
    from moments
    window in_time as (partition by symbol order by micros, is_leaving, number)
  ),
  -- A window holds what entered so far less what left so far. At the last rank of a moment, the number is one of the two,
  -- and the rank is both together. So many rows are a frame, which is cheaper than to look for where a stretch of time ends.
  counted as (
    select
      symbol, is_leaving, number, micros, price, is_last,
      case when is_leaving then rank - 2 * number else 2 * number - rank end as samples
    from ranked
  ),
  windows as (
    select
      symbol, micros, is_last, samples, avg(price) over last as avg_price, min(price) over last as min_price,
      max(price) over last as max_price
    from counted
    window last as (
      partition by symbol, is_leaving order by number
      rows between (case when is_leaving then 0 else greatest(samples - 1, 0) end) preceding
        and (case when is_leaving then greatest(samples - 1, 0) else 0 end) following
    )
  )
select symbol, make_timestamp(micros) as time, samples, avg_price, min_price, max_price
from windows
where is_last and samples > 0
order by symbol, micros
