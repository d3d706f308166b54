-- The table bars where the step is `tick`: each tick is a bar of its own. See bars.sql.
-- Parameters: $step, which is 'tick'.
create or replace view bars as
select
  position, symbol, time, price as open, price as high, price as low, price as close, size as volume,
  case when size > 0 then price end as vwap, 1 as trades
from ticks;

create or replace table bars_step as
select $step as step;
