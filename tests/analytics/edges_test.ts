import { deepEqual, equal, ok } from "node:assert/strict";
import type { StoredTick } from "#pipeline/tick.ts";
import { readAnalyses } from "#analytics/catalog.ts";
import { toCsv } from "#analytics/csv.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const engine = await duckdbWasm();
Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());
const analyses = await readAnalyses();

async function load(ticks: readonly StoredTick[]) {
  await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(ticks) }), { from: null, to: null, symbol: null });
}

const csvOf = async (name: string, given: Record<string, string> = {}) => {
  const analysis = analyses.find((analysis) => analysis.name === name)!;
  return [...toCsv((await runAnalysis(engine, analysis, given)).table)].join("");
};

const edges: [string, StoredTick[]][] = [
  ["no ticks", []],
  ["one tick", [storedTick(0)]],
  ["two ticks at one time", [storedTick(0), storedTick(1, { time: storedTick(0).time })]],
  ["equal prices", Array.from({ length: 50 }, (_, n) => storedTick(n, { price: 0.1 }))],
  ["no sizes", Array.from({ length: 50 }, (_, n) => storedTick(n, { size: null, side: null }))],
  [
    "prices from tiny to huge",
    Array.from({ length: 50 }, (_, n) => storedTick(n, { price: 10 ** (n - 25) })),
  ],
  ["a hole of a year", [storedTick(0), storedTick(1), storedTick(2, { time: "2027-05-01T00:00:00.000Z" })]],
  ["one symbol among many", [...Array(9).keys()].map((n) => storedTick(n, { symbol: `S${n}-USD` }))],
];

Deno.test.each(edges)("every analysis has a defined result for %s", async (_, ticks) => {
  await load(ticks);
  for (const { name } of analyses) {
    const csv = await csvOf(name);
    ok(csv.startsWith("symbol,time"), name);
    equal(/NaN|Infinity/i.test(csv), false, `${name}: ${csv}`);
  }
});

Deno.test("no ticks make CSVs of the header alone", async () => {
  await load([]);
  equal(await csvOf("moving_average"), "symbol,time,price,moving_avg\n");
});

Deno.test("equal prices have no z-score, and are no anomaly", async () => {
  await load([storedTick(0, { price: 0.1 }), storedTick(1, { price: 0.1 })]);
  const rows = (await csvOf("zscore")).trim().split("\n").slice(1);
  deepEqual(rows.map((row) => row.split(",").slice(2)), [["0.1", "", "false"], ["0.1", "", "false"]]);
});

Deno.test("a price that leaves a constant history is an anomaly without a score", async () => {
  await load(Array.from({ length: 8 }, (_, n) => storedTick(n, { price: n === 6 ? 0.2 : 0.1 })));
  const rows = (await csvOf("rolling_zscore", { periods: "4", step: "tick" })).trim().split("\n").slice(1);
  deepEqual(rows.map((row) => row.split(",").slice(2).join(",")).slice(3, 7), [
    "0.1,,false",
    "0.1,,false",
    "0.1,,false",
    "0.2,,true",
  ]);
});

Deno.test("symbols do not mix", async () => {
  // Staleness is by definition that of one symbol against the others, and a correlation of two.
  const ofSeveral = ["data_quality", "correlation"];
  const names = analyses.map(({ name }) => name).filter((name) => !ofSeveral.includes(name));
  const both = [0, 1, 2, 3].map((n) => storedTick(n, { symbol: n % 2 ? "ETH-USD" : "BTC-USD" }));
  await load(both);
  const together = await Promise.all(names.map((name) => csvOf(name)));
  const apart: string[][] = [];
  for (const symbol of ["BTC-USD", "ETH-USD"]) {
    await load(both.filter((tick) => tick.symbol === symbol));
    apart.push(await Promise.all(names.map((name) => csvOf(name))));
  }
  for (const [index, name] of names.entries()) {
    equal(together[index], apart[0]![index]! + apart[1]![index]!.replace(/^.*\n/, ""), name);
  }
});
