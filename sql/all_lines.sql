-- Staging: back to lines, so that ticks.sql can judge all of them anew (see lines.sql).
insert into lines
select
  symbol, source, side, generation, trade, trade_text, time, received_at, price, size, partition, sequence_number,
  enqueued_at
from stored_ticks
union all
select
  symbol, source, side, generation, trade, trade_text, time, received_at, price, size, partition, sequence_number,
  enqueued_at
from dropped_lines;

truncate stored_ticks;
truncate dropped_lines;
