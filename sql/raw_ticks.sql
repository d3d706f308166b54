-- One row a line of a blob, typed but not judged: the fields of a stored tick and of a DATA605 line, null where the
-- line has none, and what is wrong with a line whose fields do not even have the right types.
create or replace table raw_ticks (
  blob text,
  line integer,
  problem text,
  id text,
  source text,
  symbol text,
  price double,
  size double,
  side text,
  time timestamp,
  received_at timestamp,
  partition integer,
  sequence_number bigint,
  enqueued_at timestamp,
  generation text,
  currency text,
  price_usd double,
  timestamp double
);
