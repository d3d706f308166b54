import { deepEqual, equal, rejects } from "node:assert/strict";
import { parseAnalysis } from "#analytics/analysis.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const engine = await duckdbWasm();
Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

function analysis(...lines: string[]) {
  const header = ["-- title: Numbers", "-- about: Numbers.", "-- column: n integer | nothing"];
  return parseAnalysis("sql/analyses/numbers.sql", [...header, ...lines].join("\n"));
}

Deno.test("runAnalysis() gives the table, and the parameters it was made with", async () => {
  const numbers = analysis(
    "-- param: first integer = 1 | where to begin",
    "-- param: least integer = 0 | what is too small",
    "-- check: n >= 0",
    "select n + $first - $least as n from range(3) t(n) order by n desc; -- the end",
  );
  const { table, parameters } = await runAnalysis(engine, numbers, { first: "5" });
  deepEqual(parameters, { first: 5, least: 0 });
  equal(table.rows, 3);
  deepEqual(table.columns.map(({ name, values }) => [name, ...Array.from(values)]), [["n", 7, 6, 5]]);
});

Deno.test("runAnalysis() names file and line of what the database refuses", async () => {
  const wrong = analysis("-- check: n > 0", "select", "  m as n", "from range(3) t(n)");
  await rejects(runAnalysis(engine, wrong, {}), {
    name: "AnalysisError",
    file: "numbers.sql",
    line: 6,
    message: /^numbers\.sql:6: Binder Error: Referenced column "m" not found/,
  });
});

Deno.test("runAnalysis() names the row that fails a check, and takes null for no failure", async () => {
  const numbers = (limit: number) =>
    analysis(`-- check: n < ${limit}`, "select nullif(n, 0) as n from range(3) t(n) order by n desc");
  await runAnalysis(engine, numbers(3), {});
  await rejects(runAnalysis(engine, numbers(2), {}), {
    message: 'numbers.sql: check "n < 2" fails in row 1: n=2',
  });
});

Deno.test.each([
  ["select 1::double as n", "n double"],
  ["select 1 as m", "m integer"],
  ["select 1 as n, 2 as m", "n integer, m integer"],
])("runAnalysis() refuses the columns of %s", async (sql, columns) => {
  await rejects(runAnalysis(engine, analysis(sql), {}), {
    message: `numbers.sql: the result has the columns ${columns}; the header says n integer`,
  });
});

Deno.test("runAnalysis() makes the bars of the step asked for, anew when other ticks are loaded", async () => {
  const bars = analysis(
    "-- param: step step = 1 minute | bars",
    "select trades as n from bars order by position",
  );
  const trades = async (given: Record<string, string>) =>
    Array.from((await runAnalysis(engine, bars, given)).table.columns[0]!.values);
  const load = (count: number) => {
    const ticks = Array.from({ length: count }, (_, n) => storedTick(n * 20));
    return loadTicks(engine, memoryStore({ "a.ndjson": ndjson(ticks) }), {
      from: null,
      to: null,
      symbol: null,
    });
  };
  await load(5);
  deepEqual(await trades({}), [3, 2]);
  deepEqual(await trades({ step: "tick" }), [1, 1, 1, 1, 1]);
  deepEqual(await trades({ step: "40 seconds" }), [2, 2, 1]);
  deepEqual(await Promise.all([trades({ step: "tick" }), trades({ step: "1 minute" })]), [[1, 1, 1, 1, 1], [
    3,
    2,
  ]]);
  await load(2);
  deepEqual(await trades({ step: "1 minute" }), [2]);
});

Deno.test("runAnalysis() refuses parameters before the database sees them", async () => {
  await rejects(runAnalysis(engine, analysis("select 1 as n"), { n: "1" }), /there are no parameters/);
});

Deno.test("runAnalysis() refuses a model that it does not know, or that lacks a column", async () => {
  await rejects(runAnalysis(engine, analysis("-- model: oracle", "select 1 as n"), {}), {
    message:
      'numbers.sql: model "oracle" is unknown, expected one of change_point, isolation_forest, spike_and_dip',
  });
  await rejects(runAnalysis(engine, analysis("-- model: spike_and_dip", "select 1 as n"), {}), {
    message: 'numbers.sql: the model needs a column "price", which the SQL does not select',
  });
});
