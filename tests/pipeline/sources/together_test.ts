import assert from "node:assert/strict";
import { merge } from "#pipeline/sources/merge.ts";
import { take } from "#pipeline/sources/pace.ts";
import { simulated } from "#pipeline/sources/simulated.ts";
import type { Source } from "#pipeline/sources/source.ts";
import { standIn } from "#pipeline/sources/stand_in.ts";
import type { Tick } from "#pipeline/tick.ts";
import { manualClock } from "#tests/sources/manual_clock.ts";
import { tap } from "#tests/sources/tap.ts";
import { collect } from "./collect.ts";

/** A source whose ticks a test gives one by one. */
function scripted(name: string) {
  let give = Promise.withResolvers<Tick | Error | "end">();
  const state = { running: 0, started: 0 };
  const source: Source = {
    name,
    async *ticks(signal) {
      state.running++;
      state.started++;
      try {
        const aborted = new Promise<"end">((resolve) =>
          signal.addEventListener("abort", () => resolve("end"))
        );
        for (;;) {
          const given = await Promise.race([give.promise, aborted]);
          if (given === "end") return;
          give = Promise.withResolvers();
          if (given instanceof Error) throw given;
          yield given;
        }
      } finally {
        state.running--;
      }
    },
  };
  return { source, state, give: (what: Tick | Error | "end") => give.resolve(what) };
}

const [tick] = await collect(take(simulated({ symbol: "BTC-USD", seed: 1, startMs: 0, stepMs: 1 }), 1));
const from = (source: string): Tick => ({ ...tick!, id: `${source}|BTC-USD|1`, source });

Deno.test("merge() gives the ticks of all its sources, and ends when they have", async () => {
  const walks = [1, 2, 3].map((seed) =>
    take(simulated({ symbol: "BTC-USD", seed, startMs: 0, stepMs: 1 }), 700)
  );
  const ticks = await collect(merge(walks));
  assert.equal(ticks.length, 2_100);
  assert.equal(new Set(ticks.map(({ id }) => id)).size, 2_100);
});

Deno.test("merge() goes on when one source fails, and fails when none is left", async () => {
  const [good, bad] = [scripted("good"), scripted("bad")];
  const heard = tap();
  const reading = heard.read(
    merge([bad.source, good.source], heard.listeners.log),
    new AbortController().signal,
  );
  bad.give(new Error("gone"));
  assert.equal((await heard.line("source.ended")).fields.cause, "gone");
  good.give(from("good"));
  await heard.when(() => heard.ticks.length === 1);
  good.give("end");
  await assert.rejects(reading, /gone/);
});

Deno.test("merge() stops its sources when its reader leaves", async () => {
  const [one, other] = [scripted("one"), scripted("other")];
  one.give(from("one"));
  assert.equal((await collect(take(merge([one.source, other.source]), 1))).length, 1);
  assert.deepEqual([one.state.running, other.state.running], [0, 0]);
});

Deno.test("standIn() takes over after the silence, says why, and leaves with the first source's next tick", async () => {
  const [first, second] = [scripted("first"), scripted("second")];
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  const options = { patienceMs: 30_000, clock, log: heard.listeners.log };
  const reading = heard.read(standIn(first.source, second.source, options), stop.signal);
  first.give(from("first"));
  await heard.when(() => heard.ticks.length === 1);
  clock.advance(29_999);
  assert.equal(second.state.started, 0);
  clock.advance(1);
  const { fields } = await heard.line("source.fallback");
  assert.deepEqual(fields, { from: "first", to: "second", why: "no tick for 30 s" });
  second.give(from("second"));
  await heard.when(() => heard.ticks.length === 2);
  first.give(from("first"));
  assert.deepEqual((await heard.line("source.back")).fields, { source: "first", instead_of: "second" });
  await heard.when(() => heard.ticks.length === 3 && second.state.running === 0);
  // And a second time.
  await clock.until(heard.line("source.fallback", 2), 1_000);
  stop.abort();
  await reading;
  assert.deepEqual([first.state.running, second.state.running, second.state.started], [0, 0, 2]);
});

Deno.test("standIn() takes over from a source that failed, with its error as the reason", async () => {
  const [first, second] = [scripted("first"), scripted("second")];
  const clock = manualClock();
  const heard = tap();
  const options = { patienceMs: 30_000, clock, log: heard.listeners.log };
  const reading = heard.read(standIn(first.source, second.source, options), new AbortController().signal);
  first.give(new Error("may not be reached"));
  await clock.until(heard.line("source.fallback"), 1_000);
  assert.equal((await heard.line("source.fallback")).fields.why, "may not be reached");
  second.give(new Error("gone too"));
  await assert.rejects(reading, /gone too/);
});

Deno.test.each<[string, Error | "end", string]>([
  ["fails", new Error("may not be reached"), "may not be reached"],
  ["ends", "end", "it has no more to give"],
])("standIn() goes on with the first source when the second one %s", async (_, last, cause) => {
  const [first, second] = [scripted("first"), scripted("second")];
  const clock = manualClock();
  const heard = tap();
  const options = { patienceMs: 30_000, clock, log: heard.listeners.log };
  const reading = heard.read(standIn(first.source, second.source, options), new AbortController().signal);
  await clock.until(heard.line("source.fallback"), 1_000);
  second.give(last);
  assert.deepEqual((await heard.line("source.ended")).fields, { source: "second", cause });
  first.give(from("first"));
  await heard.when(() => heard.ticks.length === 1);
  clock.advance(60_000);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(second.state.started, 1);
  first.give(new Error("gone"));
  await assert.rejects(reading, /gone/);
});
