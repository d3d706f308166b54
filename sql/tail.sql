-- Staging: where lines has ticks of a time that kept_ticks has, too, the kept ones from that time on go back to lines, to
-- be judged and put in order with them (see lines.sql). As a rule these are few.
set variable cutoffs = (
  with
    firsts as (
      select symbol, min(time) as time
      from lines
      group by symbol
    ),
    numbers as (
      select row_number() over (order by rowid) as number
      from words
    )
  select list(time order by number)
  from numbers
  left join firsts on symbol = number
);

set variable first_cutoff = coalesce(list_min(getvariable('cutoffs')), timestamp 'infinity');

-- Where the same tick or event is there before that, all are judged anew.
set variable cutoffs = (
  with
    keys as (
      select
        id_key(source, symbol, trade, trade_text) as id, event_key(generation, partition, sequence_number) as event
      from lines
    ),
    earlier_lines as (
      select source, symbol, trade, trade_text, generation, partition, sequence_number
      from kept_ticks
      where is_settled(symbol, time)
      union all
      select source, symbol, trade, trade_text, generation, partition, sequence_number
      from dropped_lines
      where is_settled(symbol, time)
    ),
    clashes as (
      select count(*) as clashes
      from earlier_lines
      where id_key(source, symbol, trade, trade_text) in (select id from keys)
        or event_key(generation, partition, sequence_number) in (select event from keys where event is not null)
    )
  select case when clashes = 0 then getvariable('cutoffs') else (select list(timestamp '-infinity') from words) end
  from clashes
);

set variable first_cutoff = coalesce(list_min(getvariable('cutoffs')), timestamp 'infinity');

insert into lines
select
  symbol, source, side, generation, trade, trade_text, time, received_at, price, size, partition, sequence_number,
  enqueued_at
from kept_ticks
where not is_settled(symbol, time)
union all
select
  symbol, source, side, generation, trade, trade_text, time, received_at, price, size, partition, sequence_number,
  enqueued_at
from dropped_lines
where not is_settled(symbol, time);

delete from dropped_lines
where not is_settled(symbol, time);
