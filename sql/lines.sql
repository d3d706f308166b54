-- Staging: what analytics/load.ts fills, empty. A text of which there are few is kept as its number, see tick_columns.ts.
--   lines          every line that is a tick, as the blobs have it; ticks.sql empties it
--   words          the texts, in the order of their numbers, which count from 1
--   refused_ticks  the lines that are no tick, each with its reason
--   stored_ticks   each tick once, in the order of symbol and time; only the order of its positions means anything
--   dropped_lines  the lines left out because they were there already
create or replace table lines (
  symbol integer, source integer, side integer, generation integer, trade bigint, trade_text text, time timestamp,
  received_at timestamp, price double, size double, partition integer, sequence_number bigint, enqueued_at timestamp
);

create or replace table words (word text);

create or replace table refused_ticks (blob text, line integer, reason text);

create or replace table stored_ticks (
  position bigint, symbol integer, source integer, side integer, generation integer, trade bigint, trade_text text,
  time timestamp, received_at timestamp, price double, size double, partition integer, sequence_number bigint,
  enqueued_at timestamp
);

create or replace table dropped_lines (
  verdict text, symbol integer, source integer, side integer, generation integer, trade bigint, trade_text text,
  time timestamp, received_at timestamp, price double, size double, partition integer, sequence_number bigint,
  enqueued_at timestamp
);

-- A tick is known by its id, an event by its generation, partition and sequence number, if it has all three.
create or replace macro id_key(source, symbol, trade, trade_text) as hash(source, symbol, trade, trade_text);

create or replace macro event_key(generation, partition, sequence_number) as
  case when generation is not null and partition is not null and sequence_number is not null
    then hash(generation, partition, sequence_number) end;

create or replace macro word_of(number) as cast(getvariable('words')[number] as text);

create or replace macro rank_of(number) as cast(getvariable('ranks')[number] as bigint);
