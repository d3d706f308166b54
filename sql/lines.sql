-- Staging: what analytics/load.ts fills, empty. A text of which there are few is kept as its number, see tick_columns.ts.
--   lines          lines that are ticks, as the blobs have them; ticks.sql empties it
--   words          the texts, in the order of their numbers, which count from 1
--   refused_ticks  the lines that are no tick, each with its reason
--   kept_ticks     what was read before (see tick_cache.ts): each tick once; n counts them, by symbol and time
--   new_ticks      those that come after them
--   stored_ticks   both
--   dropped_lines  the lines left out because they were there already
--   frontiers      how far the lines go that were read so far
create or replace table lines (
  symbol integer, source integer, side integer, generation integer, trade bigint, trade_text text, time timestamp,
  received_at timestamp, price double, size double, partition integer, sequence_number bigint, enqueued_at timestamp
);

create or replace table words (word text);

create or replace table refused_ticks (blob text, line integer, reason text);

create or replace table new_ticks (
  n bigint, symbol integer, source integer, side integer, generation integer, trade bigint, trade_text text,
  time timestamp, received_at timestamp, price double, size double, partition integer, sequence_number bigint,
  enqueued_at timestamp
);

create or replace table dropped_lines (
  verdict text, symbol integer, source integer, side integer, generation integer, trade bigint, trade_text text,
  time timestamp, received_at timestamp, price double, size double, partition integer, sequence_number bigint,
  enqueued_at timestamp
);

create or replace table frontiers (
  source integer, symbol integer, generation integer, partition integer, last_trade bigint,
  last_sequence_number bigint
);

create or replace table no_ticks as
select * from new_ticks;

create or replace view kept_ticks as
select * from no_ticks;

create or replace view stored_ticks as
select *
from kept_ticks
where is_settled(symbol, time)
union all
select *
from new_ticks;
