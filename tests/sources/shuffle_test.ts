import assert from "node:assert/strict";
import { readAnalyses } from "#analytics/catalog.ts";
import { toCsv } from "#analytics/csv.ts";
import { duckdbNative } from "#analytics/duckdb_native.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { parseCoinbase } from "#pipeline/sources/coinbase.ts";
import { encodeStoredTick } from "#pipeline/tick.ts";
import { memoryStore } from "#tests/analytics/memory_store.ts";
import { type Random, seeded } from "#tests/random.ts";
import { type MarketTrade, marketTrades, wires } from "./market.ts";

/** `-- --shuffles=N` after the test command, as `deno task fuzz` has it; 10 otherwise. */
const shuffles = Number(Deno.args.find((arg) => arg.startsWith("--shuffles="))?.slice(11) ?? 10);

const engine = await duckdbNative();
Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

/** A blob of the trades as they came, each stamped by a clock of ours that may stand anywhere in the hour after. */
function blob(trades: readonly MarketTrade[], random: Random): string {
  const ours = new Map([["BTC-USD", "BTC-USD"]]);
  const lines = trades.map((trade, i) => {
    const nowMs = trade.timeMs + random.below(3_600_000);
    const message = parseCoinbase(JSON.stringify(wires.coinbase.frame(trade)), ours, nowMs);
    assert(message.kind === "trades");
    const enqueued_at = new Date(nowMs).toISOString();
    const delivery = { partition: 0, sequence_number: i, enqueued_at, generation: "g1" };
    return `${encodeStoredTick(message.trades[0]!.tick, delivery)}\n`;
  });
  return lines.join("");
}

/** In any order, and some of them up to three times. */
function shuffled(trades: readonly MarketTrade[], random: Random): MarketTrade[] {
  return trades.flatMap((trade) =>
    Array.from({ length: 1 + random.below(3) }, () => ({ trade, at: random.next() }))
  )
    .sort((a, b) => a.at - b.at).map(({ trade }) => trade);
}

Deno.test(`${shuffles} ways to shuffle and repeat trades, with our clock jumping, give identical bars`, async () => {
  const trades = marketTrades(400);
  const bars = (await readAnalyses()).find(({ name }) => name === "bars")!;
  const csvOf = async (text: string) => {
    const store = memoryStore({ "ticks/generation=g1/partition=0/date=2026-05-01/0-0.ndjson": text });
    await loadTicks(engine, store, { from: null, to: null, symbol: null });
    return [...toCsv((await runAnalysis(engine, bars, {})).table)].join("");
  };
  const expected = await csvOf(blob(trades, seeded(0)));
  assert.equal(expected.trim().split("\n").length, 3);
  for (let seed = 1; seed <= shuffles; seed++) {
    const random = seeded(seed);
    assert.equal(await csvOf(blob(shuffled(trades, random), random)), expected, `seed ${seed}`);
  }
});
