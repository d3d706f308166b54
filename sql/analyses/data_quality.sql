-- title: Data quality
-- about: What is known of how complete each symbol's ticks are. Refused lines belong to no symbol: their number is that of
--   all blobs. Staleness is how far a symbol is behind the newest tick of all.
-- param: gap_s double = 300 min 0 max 86400 | more seconds than this between two ticks are a gap
-- param: late_ms double = 5000 min 0 max 86400000 | a tick that arrived more than this after its time is late
-- column: symbol text | base and quote currency
-- column: time timestamp | of the last tick, UTC
-- column: first_time timestamp | of the first tick, UTC
-- column: ticks integer | how many
-- column: gaps integer | how many
-- column: longest_gap_s double | the longest time between two ticks
-- column: late integer | how many ticks were late
-- column: out_of_order integer | how many ticks arrived before one of an earlier time
-- column: missing_sizes integer | how many ticks have no size
-- column: redelivered integer | lines left out because the same event was there already
-- column: repeated integer | lines left out because the same tick was there already, in another event
-- column: refused_lines integer | lines of all blobs that are no tick
-- column: staleness_s double | how far behind the newest tick of all symbols
-- check: ticks > 0 and staleness_s >= 0
with
  pairs as (
    select
      symbol, time, received_at, size,
      (epoch_us(time) - epoch_us(lag(time) over ordered)) / 1e6 as gap_s,
      received_at < lag(received_at) over ordered as is_out_of_order
    from ticks
    window ordered as (partition by symbol order by position)
  ),
  symbols as (
    select
      symbol, max(time) as time, min(time) as first_time, count(*) filter (where gap_s > $gap_s) as gaps,
      max(gap_s) as longest_gap_s,
      count(*) filter (where epoch_us(received_at) - epoch_us(time) > $late_ms * 1000) as late,
      count(*) filter (where is_out_of_order) as out_of_order,
      count(*) filter (where size is null) as missing_sizes
    from pairs
    group by symbol
  )
select
  symbol, time, first_time, ticks, gaps, longest_gap_s, late, out_of_order, missing_sizes, symbol_counts.redelivered, symbol_counts.repeated,
  refused as refused_lines, (epoch_us(max(time) over ()) - epoch_us(time)) / 1e6 as staleness_s
from symbols
join symbol_counts using (symbol)
cross join (select refused from load_counts)
order by symbol
