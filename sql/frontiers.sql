-- Staging: how far the lines go that were read so far, for the one that keeps them (see lines.sql).
create or replace table frontiers as
with
  all_lines as (
    select source, symbol, generation, partition, trade, sequence_number
    from stored_ticks
    union all
    select source, symbol, generation, partition, trade, sequence_number
    from dropped_lines
  )
select
  source, symbol, generation, partition, max(trade) as last_trade, max(sequence_number) as last_sequence_number
from all_lines
group by source, symbol, generation, partition;
