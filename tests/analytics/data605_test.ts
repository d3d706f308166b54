import { deepEqual, equal, ok } from "node:assert/strict";
import type { Value } from "#analytics/engine.ts";
import { readAnalyses } from "#analytics/catalog.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { memoryStore } from "./memory_store.ts";
import { spearman } from "./models/spearman.ts";

/**
 * The 700 events that the DATA605 project's own receiver stored, which are not part of this repository: 14 blobs of 50
 * lines. The expected figures are from pandas 3.0.
 */
const folder = new URL("../../../shared/data/data605/", import.meta.url);
const ignore = await Deno.stat(folder).then(() => false, () => true);

const engine = await duckdbWasm();
Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

async function results(name: string, given: Record<string, string> = {}): Promise<Record<string, Value[]>> {
  const analysis = (await readAnalyses()).find((analysis) => analysis.name === name)!;
  const { table } = await runAnalysis(engine, analysis, given);
  return Object.fromEntries(table.columns.map(({ name, values }) => [name, Array.from(values)]));
}

const numbers = (values: Value[] = []) => values.filter((value) => typeof value === "number");
const near = (actual: number, expected: number, tolerance: number) =>
  ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

Deno.test({ name: "DATA605's blobs: 700 events, none refused", ignore }, async () => {
  const blobs: Record<string, Uint8Array> = {};
  for await (const { name } of Deno.readDir(folder)) blobs[name] = await Deno.readFile(new URL(name, folder));
  const summary = await loadTicks(engine, memoryStore(blobs), { from: null, to: null, symbol: null });
  deepEqual(summary, {
    blobs: 14,
    lines: 700,
    ticks: 700,
    refused: 0,
    outside: 0,
    redelivered: 0,
    repeated: 0,
    symbols: ["BTC-USD"],
    from: "2025-05-03T04:32:00.325Z",
    to: "2025-05-03T16:22:30.381Z",
    refusals: [],
  });
});

Deno.test({ name: "DATA605's events by hour", ignore }, async () => {
  const { samples, avg_price, volume } = await results("hourly_aggregation");
  deepEqual(samples, [28, 60, 59, 60, 59, 54, 59, 60, 60, 59, 60, 59, 23]);
  deepEqual(new Set(volume), new Set([null]));
  const mean = numbers(avg_price).reduce((sum, price, hour) => sum + price * numbers(samples)[hour]!, 0) /
    700;
  near(mean, 96290.32, 1e-6);
});

Deno.test({ name: "DATA605's rate of change", ignore }, async () => {
  const { rate_of_change_pct } = await results("rate_of_change");
  equal(rate_of_change_pct![0], null);
  const changes = numbers(rate_of_change_pct);
  near(Math.min(...changes), -0.0415416, 5e-8);
  near(Math.max(...changes), 0.0290755, 5e-8);
  equal(changes.filter((change) => change === 0).length, 50);
});

Deno.test({ name: "DATA605's z-scores", ignore }, async () => {
  const { price, z_score, is_anomaly } = await results("zscore");
  near(Math.min(...numbers(z_score)), -2.116307, 5e-7);
  near(Math.max(...numbers(z_score)), 1.842934, 5e-7);
  equal(is_anomaly!.filter(Boolean).length, 10);
  const row = numbers(z_score).findIndex((score) => Math.abs(score) > 1);
  near((numbers(price)[row]! - 96290.32) / numbers(z_score)[row]!, 166.951169, 5e-7);
});

Deno.test({ name: "DATA605's averages and volatility keep the partial windows", ignore }, async () => {
  const average = await results("moving_average");
  deepEqual(average.moving_avg!.slice(0, 5), [96503, 96503, 96502, 96501, 96500.2]);
  const { rolling_stddev } = await results("volatility");
  equal(numbers(rolling_stddev).length, 700);
  near(numbers(rolling_stddev)[0]!, Math.sqrt(3), 1e-9);
});

Deno.test({ name: "DATA605's one spike or dip", ignore }, async () => {
  const { p_value, is_anomaly } = await results("spike_and_dip", { step: "tick" });
  deepEqual(is_anomaly!.flatMap((isAnomaly, row) => isAnomaly ? [row] : []), [366]);
  near(numbers(p_value)[366]!, 0.0195083778, 1e-8);
});

Deno.test(
  { name: "DATA605's events by how isolated they are, as scikit-learn ranks them", ignore },
  async () => {
    const file = new URL("../fixtures/models/data605_scores.csv", import.meta.url);
    const expected = (await Deno.readTextFile(file)).trim().split("\n").slice(1).map(Number);
    const { anomaly_score, is_anomaly } = await results("isolation_forest", { step: "tick" });
    const correlation = spearman(numbers(anomaly_score), expected);
    ok(correlation >= 0.95, `${correlation}`);
    equal(is_anomaly!.filter(Boolean).length, 35);
  },
);
