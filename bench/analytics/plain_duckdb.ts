/** The same as ticklake.ts in SQL alone, on the same DuckDB, one thread: no checks, no reasons. `plain_duckdb.ts FOLDER` */
import { DuckDBInstance } from "@duckdb/node-api";
import { print } from "./print.ts";

const [folder] = Deno.args as [string];
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
const started = performance.now();
await connection.run(`
  create table lines as select * from read_json('${folder}/**/*.ndjson', format = 'newline_delimited', columns = {
    id: 'VARCHAR', source: 'VARCHAR', symbol: 'VARCHAR', price: 'DOUBLE', size: 'DOUBLE', side: 'VARCHAR',
    time: 'TIMESTAMP', received_at: 'TIMESTAMP', partition: 'INTEGER', sequence_number: 'BIGINT',
    enqueued_at: 'TIMESTAMP', generation: 'VARCHAR'
  });
  create table ticks as
  select distinct on (id) *
  from (select distinct on (generation, partition, sequence_number) * from lines)
  order by symbol, time, sequence_number, id;
  drop table lines;
  create table bars as
  select symbol, time_bucket(interval '1 minute', time) as time, max_by(price, sequence_number) as price
  from ticks group by all order by all`);
const ticks = Number((await connection.runAndReadAll("select count(*) from ticks")).getRows()[0]![0]);
const loaded = performance.now();
const queries = [
  `select symbol, date_trunc('hour', time) as hour, count(*), min_by(price, sequence_number), max(price), min(price),
     max_by(price, sequence_number), avg(price), sum(size) from ticks group by all order by all`,
  `select *, avg(price) over (partition by symbol order by time rows 4 preceding) from bars order by symbol, time`,
  `select *, 100 * (price / lag(price) over (partition by symbol order by time) - 1) from bars order by symbol, time`,
  `select *, stddev_samp(price) over (partition by symbol order by time rows between 2 preceding and 2 following)
     from bars order by symbol, time`,
  `select *, (price - avg(price) over (partition by symbol)) / stddev_samp(price) over (partition by symbol)
     from bars order by symbol, time`,
];
for (const query of queries) {
  const csv = await Deno.makeTempFile();
  await connection.run(`copy (${query}) to '${csv}' (header, use_tmp_file false)`);
  await Deno.remove(csv);
}
print({ ticks, load: loaded - started, analyses: performance.now() - loaded });
connection.closeSync();
instance.closeSync();
