-- title: Five-minute prices
-- about: The last price of each five minutes, per base currency, in the quote currencies that the sources have; null where
--   a currency had no tick. Five minutes without any tick have no row.
-- column: symbol text | base currency, such as BTC
-- column: time timestamp | start of the five minutes, UTC
-- column: price_usd double | USD
-- column: price_gbp double | GBP
-- column: price_eur double | EUR
-- chart: line x=time y=price_usd,price_gbp,price_eur
-- check: price_usd > 0
with
  stepped as (
    select
      split_part(symbol, '-', 1) as base, split_part(symbol, '-', 2) as quote,
      time_bucket(interval '5 minutes', time) as start, position, price
    from ticks
  )
select
  base as symbol, start as time,
  max_by(price, position) filter (where quote = 'USD') as price_usd,
  max_by(price, position) filter (where quote = 'GBP') as price_gbp,
  max_by(price, position) filter (where quote = 'EUR') as price_eur
from stepped
where quote in ('USD', 'GBP', 'EUR')
group by base, start
order by symbol, time
