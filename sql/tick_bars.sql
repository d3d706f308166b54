-- The table tick_bars (see range.sql): what bars need of each tick. The view ticks would be made anew, and its rows be counted,
-- for each analysis.
-- Parameters: $step, which is 'tick'.
insert into tick_bars
select
  position, row_number() over ordered as number, symbol, time, price, lag(price) over ordered as prev_price, size
from ticks
window ordered as (partition by symbol order by position);

insert into bars_steps
select $step as step;
