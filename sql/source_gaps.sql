-- Staging: the gap ledger that `stream` writes under gaps/, one row a hole in a source's trades; filled by analytics/gaps.ts.
create or replace table source_gaps (
  source text, symbol text, first_missing_id bigint, last_missing_id bigint, after_time timestamp, cause text,
  is_repaired boolean, missing bigint, found_time timestamp
);
