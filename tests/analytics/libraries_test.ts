import fc from "fast-check";
import { macd } from "indicatorts";
import { BollingerBands, EMA, RSI, SMA } from "trading-signals";
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

/** Columns of an analysis over ticks, by name. */
async function columns(name: string, given: Record<string, string>) {
  const analysis = analyses.find((analysis) => analysis.name === name)!;
  const { table } = await runAnalysis(engine, analysis, { ...given, step: "tick" });
  return Object.fromEntries(
    table.columns.map(({ name, values }) => [name, Array.from(values) as (number | null)[]]),
  );
}

const price = fc.integer({ min: 1_000_000, max: 1_100_000 }).map((cents) => cents / 100);

Deno.test("the indicators agree with trading-signals and indicatorts", async () => {
  const prices = fc.array(price, { minLength: 1, maxLength: 90 });
  await fc.assert(
    fc.asyncProperty(prices, fc.integer({ min: 2, max: 30 }), async (prices, periods) => {
      const ticks = prices.map((price, n) => storedTick(n, { price }));
      await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(ticks) }), {
        from: null,
        to: null,
        symbol: null,
      });
      const given = { periods: String(periods) };

      // This library's average begins as ours does, but is shown from its nth price on only.
      const ema = new EMA(periods);
      const emas = prices.map((price) => ema.add(price) ?? ema.getResult());
      agree("ema", (await columns("ema", given)).ema!.slice(periods - 1), emas.slice(periods - 1), 0);

      const rsi = new RSI(periods);
      const rsis = prices.map((price) => rsi.add(price) ?? null);
      agree("rsi", (await columns("rsi", given)).rsi!, rsis, 100);

      const sma = new SMA(periods);
      const smas = prices.map((price) => sma.add(price) ?? null);
      const { moving_avg } = await columns("moving_average", given);
      agree("moving_avg", moving_avg!.slice(periods - 1), smas.slice(periods - 1), 0);

      // Theirs is of the population, ours of a sample.
      const bands = new BollingerBands(periods, 2 * Math.sqrt(periods / (periods - 1)));
      const bollinger = prices.map((price) => bands.add(price) ?? null);
      const ours = await columns("bollinger", given);
      agree("middle", ours.middle!, bollinger.map((band) => band?.middle ?? null), 0);
      agree("lower", ours.lower!, bollinger.map((band) => band?.lower ?? null), 0);
      agree("upper", ours.upper!, bollinger.map((band) => band?.upper ?? null), 0);

      const { macdLine, signalLine } = macd(prices, { fast: periods, slow: 2 * periods, signal: 9 });
      const spans = { fast: String(periods), slow: String(2 * periods), smooth: "9" };
      const result = await columns("macd", spans);
      agree("macd", result.macd!, macdLine, 1e4);
      agree("signal", result.signal!, signalLine, 1e4);
    }),
    { numRuns: 8 },
  );
});
