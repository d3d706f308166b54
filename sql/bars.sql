-- The table timed_bars (see range.sql): what each symbol did in each step of time, such as 1 minute. A step without ticks has
-- no bar. Volume and vwap are null where the source reports no sizes. See tick_bars.sql for the step that is a single tick.
-- Parameters: $step, the length of a bar, as an interval.
truncate timed_bars;

insert into timed_bars
with
  stepped as (
    select symbol, time_bucket(cast($step as interval), time) as time, position, price, size
    from ticks
  ),
  steps as (
    select
      symbol, time, min_by(price, position) as open, max(price) as high, min(price) as low,
      max_by(price, position) as close, sum(size) as volume, sum(price * size) / nullif(sum(size), 0) as mean,
      count(*) as trades
    from stepped
    group by symbol, time
  ),
  -- A mean lies between the lowest and the highest, which rounding may not know.
  bounded as (
    select *, case when mean is not null then greatest(low, least(high, mean)) end as vwap
    from steps
  )
select
  row_number() over (order by symbol, time) as position, row_number() over ordered as number, symbol, time, open,
  high, low, close, lag(close) over ordered as prev_close, volume, vwap, trades
from bounded
window ordered as (partition by symbol order by time)
order by position;

delete from bars_steps
where step <> 'tick';

insert into bars_steps
select $step as step;
