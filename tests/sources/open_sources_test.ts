import assert from "node:assert/strict";
import { openSources, type SourceSettings } from "#pipeline/sources/index.ts";
import { fakeExchange } from "./fake_exchange.ts";
import { manualClock } from "./manual_clock.ts";
import { marketTrades, wires } from "./market.ts";
import { tap } from "./tap.ts";

const trades = marketTrades(10);
const now = () => Date.parse("2026-05-01T13:00:00Z");

Deno.test("with fallback the second exchange is connected to only while the first is silent", async () => {
  await using first = fakeExchange();
  await using second = fakeExchange();
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  const { log, ...listeners } = heard.listeners;
  const settings: SourceSettings = {
    symbols: ["BTC-USD"],
    count: Infinity,
    speed: Infinity,
    seed: 1,
    startMs: 0,
    stepMs: 1,
    file: null,
    log,
    live: { ...listeners, clock, now, urls: { coinbase: first.url, kraken: second.url } },
  };
  const reading = heard.read(openSources(["coinbase", "kraken"], settings, "fallback"), stop.signal);
  const connection = await first.connection();
  connection.send(wires.coinbase.frame(trades[0]!));
  await heard.when(() => heard.ticks.length === 1);
  const spare = await clock.until(second.connection());
  assert(clock.now() >= 30_000);
  assert.equal((await heard.line("source.fallback")).fields.to, "kraken");
  spare.send(...trades.map(wires.kraken.frame));
  await heard.when(() => heard.ticks.length === 11);
  // The first one was opened anew after its silence, more than once, and now speaks again.
  const back = await clock.until(lastOf(first));
  back.send(...trades.map(wires.coinbase.frame));
  await clock.until(spare.closed);
  assert.equal((await heard.line("source.back")).fields.source, "coinbase");
  stop.abort();
  await clock.until(reading);
  assert.deepEqual(new Set(heard.ticks.map(({ source }) => source)), new Set(["coinbase", "kraken"]));
});

/** The newest connection that is still open. */
async function lastOf(exchange: ReturnType<typeof fakeExchange>) {
  for (;;) {
    const connection = await exchange.connection();
    const open = await Promise.race([
      connection.closed.then(() => false),
      connection.subscribed.then(() => true),
    ]);
    if (open) return connection;
  }
}
