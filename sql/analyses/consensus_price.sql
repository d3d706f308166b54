-- title: Consensus price
-- about: The median over the sources of each one's last price in a stretch of time, per symbol, and how far the sources are
--   apart. A source without a tick in the stretch has no say in it.
-- param: minutes integer = 1 min 1 max 1440 | length of a stretch
-- column: symbol text | base and quote currency
-- column: time timestamp | start of the stretch, UTC
-- column: sources integer | how many had a price
-- column: consensus_price double | the median, in the quote currency
-- column: lowest double | in the quote currency
-- column: highest double | in the quote currency
-- column: divergence_pct double | highest less lowest, in percent of the median
-- chart: line x=time y=consensus_price band=lowest,highest
-- check: lowest <= consensus_price and consensus_price <= highest
with
  lasts as (
    select symbol, source, time_bucket(to_minutes($minutes), time) as start, max_by(price, position) as price
    from ticks
    group by symbol, source, start
  )
select
  symbol, start as time, count(*) as sources, median(price) as consensus_price, min(price) as lowest,
  max(price) as highest, 100 * (max(price) - min(price)) / median(price) as divergence_pct
from lasts
group by symbol, start
order by symbol, time
