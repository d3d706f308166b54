import { ok } from "node:assert/strict";
import fc from "fast-check";
import { readAnalyses } from "#analytics/catalog.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const engine = await duckdbWasm();
Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());
const analyses = await readAnalyses();

/** A column of an analysis' result. */
async function column(name: string, column: string, given: Record<string, string>) {
  const analysis = analyses.find((analysis) => analysis.name === name)!;
  const { table } = await runAnalysis(engine, analysis, given);
  return Array.from(table.columns.find(({ name }) => name === column)!.values) as (number | null)[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation, in two passes; `null` of a single value. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/** To 1e-9 of the larger of the value and the `scale` of what it was computed from. */
function agree(
  what: string,
  actual: readonly (number | null)[],
  expected: readonly (number | null)[],
  scale: number,
) {
  ok(actual.length === expected.length, `${what} has ${actual.length} rows`);
  for (const [row, value] of actual.entries()) {
    const other = expected[row]!;
    const isSame = value === null || other === null
      ? value === other
      : Math.abs(value - other) <= 1e-9 * Math.max(Math.abs(other), scale);
    ok(isSame, `${what} is ${value} in row ${row}, expected ${other}`);
  }
}

const price = fc.integer({ min: 1_000_000, max: 1_100_000 }).map((cents) => cents / 100);

Deno.test("the rolling analyses agree with a plain loop, whatever the window", async () => {
  const prices = fc.array(price, { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(prices, fc.integer({ min: 1, max: 70 }), async (prices, periods) => {
      const ticks = prices.map((price, n) => storedTick(n, { price }));
      await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(ticks) }), {
        from: null,
        to: null,
        symbol: null,
      });
      const trailing = prices.map((_, n) => prices.slice(Math.max(0, n - periods + 1), n + 1));
      const centred = (size: number) =>
        prices.map((_, n) =>
          prices.slice(Math.max(0, n - Math.floor(size / 2)), n + Math.floor((size - 1) / 2) + 1)
        );
      const given = { periods: String(periods) };
      agree("moving_avg", await column("moving_average", "moving_avg", given), trailing.map(mean), 0);
      const wider = { periods: String(periods + 1) };
      const deviations = centred(periods + 1).map(deviation);
      agree("rolling_stddev", await column("volatility", "rolling_stddev", wider), deviations, 1e4);
      const changes = prices.map((price, n) =>
        n < periods ? null : 100 * (price - prices[n - periods]!) / prices[n - periods]!
      );
      const lag = { lag: String(periods) };
      agree("rate_of_change_pct", await column("rate_of_change", "rate_of_change_pct", lag), changes, 1);
      const sigma = deviation(prices);
      const scores = prices.map((price) =>
        sigma === null || sigma === 0 ? null : (price - mean(prices)) / sigma
      );
      agree("z_score", await column("zscore", "z_score", {}), scores, 1);
    }),
    { numRuns: 12 },
  );
});
