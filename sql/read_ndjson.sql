-- For the native engine: the lines of a file into raw_ticks, in one go. A line with a field that is not quite as Ticklake
-- writes it gets a problem; the engine then reads the file's lines one by one, as the other engine does.
-- Parameters: $file; $blob, which marks the rows.

-- What lies between the quotes of a JSON text; null of anything else, or where something is escaped.
create or replace temp macro text_of(json) as
  case when starts_with(json, '"') and not contains(json, chr(92)) then json[2:-2] end;

create or replace temp macro double_of(json) as try_cast(cast(json as varchar) as double);

-- Null of an integer that is written in another way, such as 1.0.
create or replace temp macro integer_of(json) as
  case when cast(try_cast(cast(json as varchar) as bigint) as varchar) = cast(json as varchar)
    then try_cast(cast(json as varchar) as bigint) end;

-- Null of more than six digits, too, which a cast would round and the other engine cuts off; and of years so far away that
-- a number of microseconds would not be exact.
create or replace temp macro time_of(iso) as
  case when iso like '____-__-__T__:__:__%Z' and length(iso) <= 27 and iso between '1700' and '2255'
    then try_cast(iso as timestamp) end;

create or replace temp macro is_lost(json, typed) as json is not null and typed is null;

insert into raw_ticks
select
  $blob as blob, null as line,
  case
    when is_lost(id, text_of(id))
      or is_lost(source, text_of(source))
      or is_lost(symbol, text_of(symbol))
      or is_lost(price, double_of(price))
      or is_lost(size, double_of(size))
      or is_lost(side, text_of(side))
      or is_lost(time, time_of(time))
      or is_lost(received_at, time_of(received_at))
      or is_lost(partition, integer_of(partition))
      or is_lost(sequence_number, integer_of(sequence_number))
      or is_lost(enqueued_at, time_of(enqueued_at))
      or is_lost(generation, text_of(generation))
      or is_lost(currency, text_of(currency))
      or is_lost(price_usd, double_of(price_usd))
      or is_lost(timestamp, double_of(timestamp))
      then 'a field is not as Ticklake writes it'
  end as problem,
  text_of(id) as id,
  text_of(source) as source,
  text_of(symbol) as symbol,
  double_of(price) as price,
  double_of(size) as size,
  text_of(side) as side,
  time_of(time) as time,
  time_of(received_at) as received_at,
  integer_of(partition) as partition,
  integer_of(sequence_number) as sequence_number,
  time_of(enqueued_at) as enqueued_at,
  text_of(generation) as generation,
  text_of(currency) as currency,
  double_of(price_usd) as price_usd,
  double_of(timestamp) as timestamp
from read_json($file, format = 'newline_delimited', columns = {
  id: 'JSON', source: 'JSON', symbol: 'JSON', price: 'JSON', size: 'JSON', side: 'JSON', time: 'VARCHAR',
  received_at: 'VARCHAR', partition: 'JSON', sequence_number: 'JSON', enqueued_at: 'VARCHAR', generation: 'JSON',
  currency: 'JSON', price_usd: 'JSON', timestamp: 'JSON'
});
