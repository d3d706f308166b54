-- Staging: how far the lines go that were read so far, those of the table lines among them (see lines.sql).
create or replace table frontiers as
with
  ends as (
    select source, symbol, generation, partition, trade as last_trade, sequence_number as last_sequence_number
    from lines
    union all
    select source, symbol, generation, partition, last_trade, last_sequence_number
    from frontiers
  )
select
  source, symbol, generation, partition, max(last_trade) as last_trade,
  max(last_sequence_number) as last_sequence_number
from ends
group by source, symbol, generation, partition;
