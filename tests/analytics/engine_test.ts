import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { AnalysisError } from "#analytics/analysis.ts";
import { batchBuilder, setLong, setNull, setNumber, setText } from "#analytics/column_batch.ts";
import { duckdbNative } from "#analytics/duckdb_native.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import type { Parameters } from "#analytics/engine.ts";
import { engines } from "./engines.ts";

for (const [name, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

  const values = async (sql: string, parameters?: Parameters) => {
    const { columns } = await engine.run(sql, parameters);
    return columns.map((column) => [column.name, column.type, ...Array.from(column.values)]);
  };

  Deno.test(`${name}: run() gives columns with types, nulls and microseconds`, async () => {
    const sql = `
      select 'a' as t, 1.5::double as d, 7::bigint as i, true as b, timestamp '2025-05-03 04:32:00.325597' as time
      union all
      select null, null, null, null, null`;
    deepEqual(await values(sql), [
      ["t", "text", "a", null],
      ["d", "double", 1.5, null],
      ["i", "integer", 7, null],
      ["b", "boolean", true, null],
      ["time", "timestamp", 1746246720325.597, null],
    ]);
  });

  Deno.test(`${name}: run() binds \$name wherever it stands, but not in strings and comments`, async () => {
    const sql = "select '$a' as s, $b || $a as t, $a as u -- $c";
    deepEqual(await values(sql, { a: "'; drop table x; --", b: "$a" }), [
      ["s", "text", "$a"],
      ["t", "text", "$a'; drop table x; --"],
      ["u", "text", "'; drop table x; --"],
    ]);
  });

  Deno.test(`${name}: run() binds whole numbers as integers, so that window frames and // work`, async () => {
    const sql =
      `select list_sum(list(x) over (order by x rows between $n // 2 preceding and ($n - 1) // 2 following))
      ::double as s from range(5) t(x) order by x`;
    deepEqual(await values(sql, { n: 4 }), [["s", "double", 1, 3, 6, 10, 9]]);
  });

  Deno.test(`${name}: run() binds null and times`, async () => {
    const sql = "select $t is null as a, cast($u as timestamp) as b";
    deepEqual(await values(sql, { t: null, u: "1970-01-01T00:00:00.000001Z" }), [
      ["a", "boolean", true],
      ["b", "timestamp", 0.001],
    ]);
  });

  Deno.test(`${name}: run() reports what the database refuses with line, SQL and the database's words`, async () => {
    const sql = "select 1,\n  volum\nfrom range(3)";
    await rejects(engine.run(sql), (error: AnalysisError) => {
      equal(error instanceof AnalysisError, true);
      equal(error.message, `2: ${error.problem}`);
      equal(
        error.problem.startsWith('Binder Error: Referenced column "volum" not found'),
        true,
        error.problem,
      );
      deepEqual([error.line, error.sql], [2, sql]);
      return true;
    });
  });

  Deno.test.each([
    ["select $a", "$a has no value"],
    ["select 1; select 2", "Cannot prepare multiple statements at once!"],
    [
      "select 1.5 as x",
      "expected a text, double, integer, boolean or timestamp: cast it",
    ],
    ["select 9007199254740993 as x", 'column "x" is 9007199254740993 in row 1, beyond 2^53: cast it to text'],
  ])(`${name}: run() refuses %s`, async (sql, message) => {
    await rejects(engine.run(sql), (error: AnalysisError) => error.problem.includes(message));
  });

  Deno.test(`${name}: insert() takes every type and null, chunk by chunk, into rows that are there`, async () => {
    await engine.run("create or replace table t (i integer, l bigint, time timestamp, d double, s text)");
    const fields = { i: "integer", l: "long", time: "micros", d: "double", s: "text" } as const;
    const batch = batchBuilder(fields, 5000);
    const { column } = batch;
    for (let row = 0; row < 5000; row++) {
      if (row % 7 === 3) { for (const each of batch.columns) setNull(each, row); }
      else {
        setNumber(column.i, row, row - 2500);
        setLong(column.l, row, -(2n ** 62n) + BigInt(row));
        setLong(column.time, row, -1e15 + row);
        setNumber(column.d, row, row / 8);
        setText(column.s, row, `é\0${row}`);
      }
      batch.endRow();
    }
    await engine.insert("t", batch);
    batch.clear();
    for (const each of batch.columns) setNull(each, 0);
    batch.endRow();
    await engine.insert("t", batch);
    const sql = `
      select
        count(*) as rows, count(i) as i, count(s) as s,
        count(*) filter (where rowid % 7 = 3 or rowid = 5000) as empty,
        count(*) filter (
          where i = rowid - 2500 and l = -4611686018427387904 + rowid and s = 'é' || chr(0) || rowid and d = rowid / 8
            and epoch_us(time) = -1000000000000000 + rowid
        ) as whole
      from t`;
    deepEqual(await values(sql), [
      ["rows", "integer", 5001],
      ["i", "integer", 4286],
      ["s", "integer", 4286],
      ["empty", "integer", 715],
      ["whole", "integer", 4286],
    ]);
    await rejects(engine.insert("nowhere", batch), AnalysisError);
  });

  Deno.test(`${name}: unpack() gives what pack() wrote, digit by digit, though the files be gone`, async () => {
    const folder = await Deno.makeTempDir();
    const files = ["it's odd", "even"].map((file) => join(folder, file));
    await engine.run(`
      create or replace table t as
      select x as i, 9007199254740993 + x as l, make_timestamp(x * 1000001) as time, x / 7 as d,
        case when x % 3 > 0 then 'é' || x end as s
      from range(300000) r(x)`);
    for (const [n, file] of files.entries()) {
      await engine.pack(`select * from t where i % 2 = ${1 - n} order by i`, file);
    }
    const relation = await engine.unpack(files);
    await Deno.remove(folder, { recursive: true });
    deepEqual(await values(`select count(*) as n from (from ${relation} except all from t)`), [
      ["n", "integer", 0],
    ]);
    deepEqual(await values(`select count(*) as n, max(l) - min(l) as l from ${relation}`), [
      ["n", "integer", 300000],
      ["l", "integer", 299999],
    ]);
  });

  Deno.test(`${name}: what is no packed file is refused, and so is what cannot be packed`, async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "nothing of the kind");
    await rejects(engine.unpack([file]), AnalysisError);
    await Deno.remove(file);
    await rejects(engine.pack("select nothing", file), AnalysisError);
    await rejects(Deno.stat(file), Deno.errors.NotFound);
  });

  Deno.test.each([
    ["select * from read_csv('deno.json')"],
    ["select * from '../main/deno.json'"],
    ["copy (select 1) to 'out.csv'"],
    ["attach 'x.db'"],
    ["select * from read_parquet('https://example.com/x.parquet')"],
    ["load httpfs"],
    ["copy (select 1) to '../out.csv'"],
    ["select * from glob('/etc/*')"],
    ["set enable_external_access = true"],
    ["set lock_configuration = false"],
    ["pragma enable_external_access = true"],
  ])(`${name}: the sandbox refuses %s`, async (sql) => {
    await rejects(engine.run(sql), AnalysisError);
  });
}

Deno.test("native: what does not fit into the memory it may take goes to the disk", async () => {
  await using engine = await duckdbNative("100MB");
  await engine.run("create table t as select x, hash(x) as h, 'text ' || x as s from range(4_000_000) r(x)");
  const { columns } = await engine.run(`
    select count(*) as rows, (select sum(temporary_storage_bytes) > 0 from duckdb_memory()) as is_on_disk
    from (select *, row_number() over (order by h) as n from t)`);
  deepEqual(columns.map(({ values }) => values[0]), [4_000_000, true]);
});

Deno.test("wasm: where no memory is left, the error says which engine has more", async () => {
  await using engine = await duckdbWasm();
  await rejects(
    engine.run("select repeat('x', 3500000000) as s"),
    /no memory is left .* use the native engine/,
  );
});
