import assert from "node:assert/strict";
import { take } from "#pipeline/sources/pace.ts";
import { simulated } from "#pipeline/sources/simulated.ts";
import { decodeTick, encodeTick, type Tick } from "#pipeline/tick.ts";
import { collect } from "./collect.ts";

const startMs = Date.parse("2026-01-01T00:00:00Z");

function walk(count: number, change: { seed?: number; stepMs?: number } = {}): Promise<Tick[]> {
  return collect(
    take(simulated({ symbol: "BTC-USD", seed: 1, startMs, stepMs: 60_000, now: () => 0, ...change }), count),
  );
}

Deno.test("simulated() gives the same ticks for the same seed, and others for another", async () => {
  assert.deepEqual(await walk(500), await walk(500));
  assert.notDeepEqual(
    (await walk(500)).map(({ price }) => price),
    (await walk(500, { seed: 2 })).map(({ price }) => price),
  );
});

Deno.test("simulated() gives valid ticks, a step apart, each with an id of its own", async () => {
  const ticks = await walk(2_000);
  for (const tick of ticks) assert.deepEqual(decodeTick(encodeTick(tick)), tick);
  assert.deepEqual(ticks.slice(0, 2).map(({ time }) => time), [
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:01:00.000Z",
  ]);
  assert.equal(new Set(ticks.map(({ id }) => id)).size, ticks.length);
});

Deno.test("simulated() ids tell runs apart that give other prices", async () => {
  const [one, other] = [await walk(1), await walk(1, { stepMs: 1_000 })];
  assert.notEqual(one[0]!.id, other[0]!.id);
});

Deno.test("simulated() has a market's texture: yearly volatility, fat tails, clusters, bigger sizes in wild times", async () => {
  const ticks = await walk(200_000);
  const returns = ticks.slice(1).map(({ price }, index) => Math.log(price / ticks[index]!.price));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = mean(returns);
  const moment = (power: number) => mean(returns.map((value) => (value - centre) ** power));
  const sigma = Math.sqrt(moment(2));
  const yearly = sigma * Math.sqrt(365.25 * 24 * 60);
  assert(yearly > 0.45 && yearly < 0.95, `yearly volatility ${yearly}`);
  assert(moment(4) / sigma ** 4 > 5, "kurtosis, a normal has 3");

  // Without the jumps, what a quiet or wild minute says of the next one.
  const calm = returns.map((value) => Math.min(Math.abs(value), 4 * sigma));
  const level = mean(calm);
  const covariance = mean(calm.slice(1).map((value, index) => (value - level) * (calm[index]! - level)));
  const correlation = covariance / mean(calm.map((value) => (value - level) ** 2));
  assert(correlation > 0.05, `absolute returns' correlation with the next one ${correlation}`);

  const order = returns.map((value, index) => ({ move: Math.abs(value), size: ticks[index + 1]!.size! }))
    .sort((a, b) => a.move - b.move).map(({ size }) => size);
  assert(mean(order.slice(-20_000)) > 1.5 * mean(order.slice(0, 20_000)), "sizes in wild minutes");
});

Deno.test("simulated() ends when the signal aborts", async () => {
  const stop = new AbortController();
  let count = 0;
  for await (const _ of simulated({ symbol: "BTC-USD", seed: 1, startMs, stepMs: 1 }).ticks(stop.signal)) {
    if (++count === 10) stop.abort();
  }
  assert.equal(count, 10);
});
