import { deepEqual, equal, ok } from "node:assert/strict";
import { parse } from "csv-parse/sync";
import type { Analysis } from "#analytics/analysis.ts";
import { readAnalyses } from "#analytics/catalog.ts";
import { toCsv } from "#analytics/csv.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import type { Engine } from "#analytics/engine.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { engines } from "./engines.ts";
import { memoryStore } from "./memory_store.ts";
import { isUpdate } from "./update.ts";

/**
 * A folder an analysis, with what it makes of ticks.ndjson, its own or the one above: `expected.csv`, byte for byte
 * (written anew with `deno test ... -- --update`), and `reference.csv`, figures from pandas (written by reference.py).
 * Both are made with `parameters.json`, where there is one.
 */
const fixtures = new URL("../fixtures/analyses/", import.meta.url);

const analyses = await readAnalyses();

/** A file of the analysis' own folder; or the one that all share. */
async function fixture(analysis: Analysis, name: string): Promise<Uint8Array> {
  const own = Deno.readFile(new URL(`${analysis.name}/${name}`, fixtures));
  return await own.catch(() => Deno.readFile(new URL(name, fixtures)));
}

async function csv(engine: Engine, analysis: Analysis): Promise<string> {
  const ticks = memoryStore({
    "ticks.ndjson": await fixture(analysis, "ticks.ndjson"),
    "gaps/date=2026-05-01/gaps.ndjson": await fixture(analysis, "gaps.ndjson"),
  });
  await loadTicks(engine, ticks, { from: null, to: null, symbol: null });
  const given = JSON.parse(new TextDecoder().decode(await fixture(analysis, "parameters.json")));
  return [...toCsv((await runAnalysis(engine, analysis, given)).table)].join("");
}

Deno.test("every analysis has a fixture folder, and every folder an analysis", async () => {
  const folders = (await Array.fromAsync(Deno.readDir(fixtures))).filter((entry) => entry.isDirectory);
  deepEqual(folders.map(({ name }) => name).sort(), analyses.map(({ name }) => name));
});

for (const [name, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

  for (const analysis of analyses) {
    Deno.test(`${name}: ${analysis.name} is what it was, byte for byte`, async () => {
      const expected = new URL(`${analysis.name}/expected.csv`, fixtures);
      const written = await csv(engine, analysis);
      if (isUpdate && name === "wasm") await Deno.writeTextFile(expected, written);
      equal(written, await Deno.readTextFile(expected));
    });
  }
}

Deno.test("the time zone of the machine changes nothing", async () => {
  const zone = Deno.env.get("TZ");
  Deno.env.set("TZ", "Asia/Kolkata");
  try {
    equal(new Date(0).getTimezoneOffset(), -330);
    await using engine = await duckdbWasm();
    for (const name of ["hourly_aggregation", "daily_summary", "seasonality", "tumbling_window"]) {
      const written = await csv(engine, analyses.find((analysis) => analysis.name === name)!);
      equal(written, await Deno.readTextFile(new URL(`${name}/expected.csv`, fixtures)));
    }
  } finally {
    if (zone === undefined) Deno.env.delete("TZ");
    else Deno.env.set("TZ", zone);
  }
});

for (const { name } of analyses) {
  // The trees of a forest are random: tests/analytics/models/ holds them against scikit-learn's. A ledger has no figures.
  if (name === "isolation_forest" || name === "source_gaps") continue;

  Deno.test(`${name} agrees with pandas`, async () => {
    const [reference, result] = await Promise.all(
      ["reference.csv", "expected.csv"].map(async (file) =>
        parse(await Deno.readTextFile(new URL(`${name}/${file}`, fixtures))) as string[][]
      ),
    );
    deepEqual(result![0], reference![0]);
    equal(result!.length, reference!.length);
    for (const [row, cells] of result!.entries()) {
      for (const [index, cell] of cells.entries()) {
        const expected = reference![row]![index]!;
        const place = `row ${row}, ${result![0]![index]}: ${cell}, pandas says ${expected}`;
        ok(cell === expected || isClose(cell, expected), place);
      }
    }
  });
}

/** Agreement to 1e-9, relative; around zero, where what is left of prices is rounding, to 1e-10. */
function isClose(a: string, b: string): boolean {
  if (a === "" || b === "") return false;
  return Math.abs(Number(a) - Number(b)) <= 1e-9 * Math.abs(Number(b)) + 1e-10;
}
