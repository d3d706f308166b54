-- title: Gaps of the sources
-- about: Trades that an exchange made and that did not come, as `stream` wrote them down: found by their ids, and asked for
--   again where the exchange allows it. A row each; none where every trade came. Only symbols that have ticks.
-- column: symbol text | base and quote currency
-- column: time timestamp | of the trade before the gap, UTC
-- column: source text | whose trades they are
-- column: first_missing_id integer | trade id
-- column: last_missing_id integer | trade id
-- column: missing integer | how many never came
-- column: is_repaired boolean | whether asking again brought all of them
-- column: cause text | what went on when it was found
-- column: found_time timestamp | our clock, UTC
-- check: last_missing_id >= first_missing_id
select symbol, after_time as time, source, first_missing_id, last_missing_id, missing, is_repaired, cause, found_time
from source_gaps
where symbol in (select symbol from ticks)
order by symbol, after_time, source, first_missing_id, found_time
