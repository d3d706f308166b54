import assert from "node:assert/strict";
import type { Clock } from "#pipeline/sources/clock.ts";
import { pace, take } from "#pipeline/sources/pace.ts";
import { simulated } from "#pipeline/sources/simulated.ts";

const minutes = () => simulated({ symbol: "BTC-USD", seed: 1, startMs: 0, stepMs: 60_000 });

/** A clock that jumps to where somebody waits for. */
function jumpingClock(): Clock & { readonly waits: number[] } {
  let now = 1_000;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    wait(ms) {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

Deno.test.each([[1, 60_000], [60, 1_000]])(
  "pace() at %dx gives a tick of a minute's step every %d ms",
  async (speed, ms) => {
    const clock = jumpingClock();
    const paced = take(pace(minutes(), speed, clock), 4);
    assert.equal((await Array.fromAsync(paced.ticks(new AbortController().signal))).length, 4);
    assert.deepEqual(clock.waits, [ms, ms, ms]);
  },
);

Deno.test("pace() does not wait for ticks that are late already", async () => {
  const clock = jumpingClock();
  const ticks = pace(minutes(), 1, clock).ticks(new AbortController().signal)[Symbol.asyncIterator]();
  await ticks.next();
  await clock.wait(150_000, new AbortController().signal);
  clock.waits.length = 0;
  await ticks.next();
  await ticks.next();
  assert.deepEqual(clock.waits, []);
  await ticks.next();
  assert.deepEqual(clock.waits, [30_000]);
});

Deno.test("pace() ends in the middle of a wait when the signal aborts", async () => {
  const stop = new AbortController();
  const ticks = pace(minutes(), 1).ticks(stop.signal)[Symbol.asyncIterator]();
  await ticks.next();
  const waiting = ticks.next();
  stop.abort();
  assert.deepEqual(await waiting, { value: undefined, done: true });
});

Deno.test("take() asks its source for no tick more than it gives", async () => {
  let asked = 0;
  const counted = {
    name: "counted",
    async *ticks(signal: AbortSignal) {
      for await (const tick of minutes().ticks(signal)) {
        asked++;
        yield tick;
      }
    },
  };
  await Array.fromAsync(take(counted, 3).ticks(new AbortController().signal));
  assert.equal(asked, 3);
});
