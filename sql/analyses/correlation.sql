-- title: Correlation
-- about: How alike each two symbols move: Pearson's correlation of their log returns over the same bars. A return counts where
--   both symbols have both bars, the one before and the one after, so a hole in either leaves it out. Null of fewer than
--   two returns, and where either never moved.
-- param: step step = 1 hour | the length of the bars whose closing prices are taken
-- column: symbol text | base and quote currency
-- column: time timestamp | start of the last bar that counts, UTC
-- column: other_symbol text | base and quote currency, later in the alphabet
-- column: samples integer | how many returns count
-- column: correlation double | -1 to 1
-- check: correlation between -1 and 1
with
  returns as (
    select
      symbol, time, lag(time) over ordered as prev_time, ln(close / lag(close) over ordered) as log_return
    from bars
    window ordered as (partition by symbol order by position)
  ),
  pairs as (
    select
      a.symbol, b.symbol as other_symbol, max(a.time) as time, count(*) as samples,
      covar_samp(a.log_return, b.log_return)
        / nullif(stddev_samp(a.log_return) * stddev_samp(b.log_return), 0) as correlation
    from returns as a
    join returns as b on a.time = b.time and a.prev_time = b.prev_time and a.symbol < b.symbol
    group by a.symbol, b.symbol
  )
select
  symbol, time, other_symbol, samples,
  -- Rounding may put two that move as one a trifle beyond 1.
  case when correlation is not null then greatest(-1, least(1, correlation)) end as correlation
from pairs
order by symbol, other_symbol
