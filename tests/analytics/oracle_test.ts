import { ok } from "node:assert/strict";
import fc from "fast-check";
import { readAnalyses } from "#analytics/catalog.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { agree } from "./agree.ts";
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
    { numRuns: 8 },
  );
});

Deno.test("bars keep open, close and vwap between low and high, and lose no volume, whatever the step", async () => {
  const tick = fc.record({ price, size: fc.double({ min: 1e-8, max: 100, noNaN: true }), at: fc.nat(600) });
  const step = fc.constantFrom("tick", "7 seconds", "1 minute", "1 hour");
  await fc.assert(
    fc.asyncProperty(fc.array(tick, { minLength: 1, maxLength: 60 }), step, async (given, step) => {
      const start = Date.UTC(2026, 4, 1);
      const ticks = given.map(({ price, size, at }, n) =>
        storedTick(n, { price, size, time: new Date(start + at * 1000).toISOString() })
      );
      await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(ticks) }), {
        from: null,
        to: null,
        symbol: null,
      });
      const [low, high, volume, trades] = await Promise.all(
        ["low", "high", "volume", "trades"].map((name) => column("bars", name, { step })),
      );
      for (const name of ["open", "close", "vwap"]) {
        const values = await column("bars", name, { step });
        ok(values.every((value, row) => low![row]! <= value! && value! <= high![row]!), name);
      }
      const total = (values: readonly (number | null)[]) =>
        values.reduce<number>((sum, value) => sum + value!, 0);
      agree("volume", [total(volume!)], [total(given.map(({ size }) => size))], 0);
      agree("trades", [total(trades!)], [given.length], 0);
    }),
    { numRuns: 8 },
  );
});

Deno.test("a sliding window holds what a loop over all ticks finds at each moment, ties and gaps included", async () => {
  const tick = fc.record({ price, symbol: fc.constantFrom("BTC-USD", "ETH-USD"), at: fc.nat(60) });
  await fc.assert(
    fc.asyncProperty(fc.array(tick, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 25 }), async (
      given,
      length,
    ) => {
      const start = Date.UTC(2026, 4, 1);
      const ticks = given.map(({ price, symbol, at }, n) =>
        storedTick(n, { price, symbol, time: new Date(start + at).toISOString() })
      );
      await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(ticks) }), {
        from: null,
        to: null,
        symbol: null,
      });
      const expected = ["BTC-USD", "ETH-USD"].flatMap((symbol) => {
        const own = given.filter((tick) => tick.symbol === symbol);
        const moments = new Set(own.flatMap(({ at }) => [at, at + length]));
        return [...moments].sort((a, b) => a - b).map((end) => ({
          time: start + end,
          prices: own.filter(({ at }) => end - length < at && at <= end).map(({ price }) => price),
        })).filter(({ prices }) => prices.length > 0);
      });
      const window = { window_ms: String(length) };
      const of = (name: string) => column("sliding_window", name, window);
      agree("time", await of("time"), expected.map(({ time }) => time), 0);
      agree("samples", await of("samples"), expected.map(({ prices }) => prices.length), 0);
      agree("avg_price", await of("avg_price"), expected.map(({ prices }) => mean(prices)), 0);
      agree("min_price", await of("min_price"), expected.map(({ prices }) => Math.min(...prices)), 0);
      agree("max_price", await of("max_price"), expected.map(({ prices }) => Math.max(...prices)), 0);
    }),
    { numRuns: 8 },
  );
});
