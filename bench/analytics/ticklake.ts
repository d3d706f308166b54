/**
 * Loads a folder's blobs and runs the five analyses that the peers run, too, over bars of a minute: prints the seconds
 * that each part took and the peak of memory as JSON. `ticklake.ts wasm|native FOLDER [CACHE]`
 */
import { readAnalyses } from "#analytics/catalog.ts";
import { toCsv } from "#analytics/csv.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import { print } from "./print.ts";

const [engineName, folder, cache] = Deno.args as [string, string, string?];
const names = ["hourly_aggregation", "moving_average", "rate_of_change", "volatility", "zscore"];

await using engine = engineName === "wasm"
  ? await duckdbWasm()
  : await (await import("#analytics/duckdb_native.ts")).duckdbNative();
const started = performance.now();
const all = { from: null, to: null, symbol: null };
const { ticks } = await loadTicks(engine, folderStore(folder), all, {
  cache: cache === undefined ? undefined : { folder: cache },
});
const loaded = performance.now();
for (const analysis of (await readAnalyses()).filter(({ name }) => names.includes(name))) {
  const hasStep = analysis.parameters.some(({ name }) => name === "step");
  const { table } = await runAnalysis(engine, analysis, hasStep ? { step: "1 minute" } : {});
  const csv = await Deno.makeTempFile();
  await Deno.writeTextFile(csv, [...toCsv(table)].join(""));
  await Deno.remove(csv);
}
print({ ticks, load: loaded - started, analyses: performance.now() - loaded });
