-- Staging: where lines has ticks of a time that stored_ticks has, too, the stored ones from that time on go back to lines,
-- to be judged and put in order with them (see lines.sql). As a rule these are few. The variables that are lists have an
-- entry for each text of words, of which only those of symbols mean anything.
set variable tails = (
  with
    firsts as (
      select symbol, min(time) as time
      from lines
      group by symbol
    ),
    numbers as (
      select unnest(range(1, len(getvariable('words')) + 1)) as number
    )
  select list(time order by number)
  from numbers
  left join firsts on symbol = number
);

set variable tail_starts = coalesce(list_min(getvariable('tails')), timestamp 'infinity');

-- Where what is judged anew is there before that, too, as the same tick or event, all are judged anew. A line beyond all
-- that were there is surely none of them; where every line is, nothing is looked through.
set variable tails = (
  with
    trades as (
      select source, symbol, max(last_trade) as last_trade
      from frontiers
      group by source, symbol
    ),
    events as (
      select generation, partition, max(last_sequence_number) as last_sequence_number
      from frontiers
      group by generation, partition
    ),
    doubtful_keys as (
      select
        id_key(source, symbol, trade, trade_text) as id, event_key(generation, partition, sequence_number) as event
      from lines
      left join trades using (source, symbol)
      left join events using (generation, partition)
      where trade is null or trade <= last_trade or sequence_number <= last_sequence_number
      union all
      select
        id_key(source, symbol, trade, trade_text) as id, event_key(generation, partition, sequence_number) as event
      from dropped_lines
      where is_in_tail(symbol, time)
    ),
    earlier_keys as not materialized (
      select
        id_key(source, symbol, trade, trade_text) as id, event_key(generation, partition, sequence_number) as event
      from stored_ticks
      where not is_in_tail(symbol, time)
      union all
      select
        id_key(source, symbol, trade, trade_text) as id, event_key(generation, partition, sequence_number) as event
      from dropped_lines
      where not is_in_tail(symbol, time)
    ),
    clashes as (
      select id as key from earlier_keys semi join doubtful_keys using (id)
      union all
      select event as key from earlier_keys semi join doubtful_keys using (event)
    )
  select
    case when count(*) = 0 then getvariable('tails') else (select list(timestamp '-infinity') from words) end
  from clashes
);

set variable tail_starts = coalesce(list_min(getvariable('tails')), timestamp 'infinity');

insert into lines
select
  symbol, source, side, generation, trade, trade_text, time, received_at, price, size, partition, sequence_number,
  enqueued_at
from stored_ticks
where is_in_tail(symbol, time)
union all
select
  symbol, source, side, generation, trade, trade_text, time, received_at, price, size, partition, sequence_number,
  enqueued_at
from dropped_lines
where is_in_tail(symbol, time);

delete from dropped_lines
where is_in_tail(symbol, time);

delete from new_ticks
where is_in_tail(symbol, time);

set variable cutoffs = (
  with
    numbers as (
      select unnest(range(1, len(getvariable('words')) + 1)) as number
    )
  select list(least(getvariable('cutoffs')[number], getvariable('tails')[number]) order by number)
  from numbers
);

set variable first_cutoff = coalesce(list_min(getvariable('cutoffs')), timestamp 'infinity');
