-- Staging: a tick is known by its id, an event by its generation, partition and sequence number, if it has all three.
create or replace macro id_key(source, symbol, trade, trade_text) as hash(source, symbol, trade, trade_text);

create or replace macro event_key(generation, partition, sequence_number) as
  case when generation is not null and partition is not null and sequence_number is not null
    then hash(generation, partition, sequence_number) end;

-- By the number of a text: itself, and its place in the order of texts. See words.sql.
create or replace macro word_of(number) as cast(getvariable('words')[number] as text);

create or replace macro rank_of(number) as cast(getvariable('ranks')[number] as bigint);

-- Whether a kept tick still counts as it is: it is before the time from which on those of its symbol have been judged
-- anew. Nearly all are before the first such time of any symbol. See tail.sql.
create or replace macro is_settled(symbol, tick_time) as
  tick_time < cast(getvariable('first_cutoff') as timestamp)
  or tick_time < coalesce(cast(getvariable('cutoffs')[symbol] as timestamp), timestamp 'infinity');

-- Whether a tick is of a time of which lines has ticks of its symbol, too. The first condition lets the database pass over
-- what is not needed.
create or replace macro is_in_tail(symbol, tick_time) as
  tick_time >= cast(getvariable('tail_starts') as timestamp)
  and tick_time >= coalesce(cast(getvariable('tails')[symbol] as timestamp), timestamp 'infinity');

-- Whether the range takes a tick, see range.sql.
create or replace macro is_asked_for(symbol, tick_time) as
  tick_time >= cast(getvariable('from_time') as timestamp) and tick_time < cast(getvariable('to_time') as timestamp)
  and symbol = coalesce(cast(getvariable('only_symbol') as integer), symbol);

set variable words = cast([] as text[]);
set variable ranks = cast([] as bigint[]);
set variable cutoffs = cast([] as timestamp[]);
set variable first_cutoff = timestamp 'infinity';
set variable tails = cast([] as timestamp[]);
set variable tail_starts = timestamp 'infinity';
