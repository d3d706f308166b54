import assert from "node:assert/strict";
import fc from "fast-check";
import type { HubBatch, HubEvent } from "#pipeline/hub/hub.ts";
import { type Intake, type IntakeOptions, partitionIntake } from "#pipeline/hub/intake.ts";

function numbered(from: number, to: number): HubEvent[] {
  return Array.from({ length: to - from }, (_, index) => ({
    body: new Uint8Array(10),
    sequenceNumber: from + index,
    offset: String(from + index),
    enqueuedAt: "2026-05-01T00:00:00.000Z",
  }));
}

/** An intake that writes down what happens, in its order. */
function watchedIntake(change: Partial<IntakeOptions> = {}): { intake: Intake; happened: string[] } {
  const happened: string[] = [];
  const intake = partitionIntake({
    partition: 0,
    generation: "ab",
    limits: { events: 10, bytes: 1e6, ageMs: 60_000 },
    handle: ({ first, last }) => Promise.resolve(void happened.push(`stored ${first}-${last}`)),
    checkpoint: ({ sequenceNumber }) => Promise.resolve(void happened.push(`checkpoint ${sequenceNumber}`)),
    signal: new AbortController().signal,
    log: () => {},
    ...change,
  });
  return { intake, happened };
}

/** A promise for the outside to settle, once a turn of the event loop has passed. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const settle = async (act: () => void) => {
    act();
    await turn();
  };
  return { promise, resolve: () => settle(resolve), reject: (error: Error) => settle(() => reject(error)) };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("partitionIntake() checkpoints only after the handler returned", async () => {
  const storing = [held(), held()];
  const { intake, happened } = watchedIntake({ handle: ({ first }) => storing[first / 10]!.promise });
  const adding = intake.add(numbered(0, 20));
  await turn();
  assert.deepEqual(happened, []);
  await storing[0]!.resolve();
  assert.deepEqual(happened, ["checkpoint 9"]);
  await storing[1]!.resolve();
  await adding;
  await intake.flush();
  assert.deepEqual(happened, ["checkpoint 9", "checkpoint 19"]);
});

Deno.test("partitionIntake() hands over while a checkpoint is under way, then writes the latest one alone", async () => {
  const [first, second] = [held(), held()];
  const happened: string[] = [];
  const { intake } = watchedIntake({
    handle: ({ first, last }) => Promise.resolve(void happened.push(`stored ${first}-${last}`)),
    checkpoint({ sequenceNumber }) {
      happened.push(`checkpoint ${sequenceNumber}`);
      return sequenceNumber === 9 ? first.promise : second.promise;
    },
  });
  await intake.add(numbered(0, 40));
  let flushed = false;
  const flushing = intake.flush().then(() => flushed = true);
  await turn();
  const handedOver = ["stored 0-9", "checkpoint 9", "stored 10-19", "stored 20-29", "stored 30-39"];
  assert.deepEqual(happened, handedOver);
  await first.resolve();
  assert.deepEqual(happened, [...handedOver, "checkpoint 39"]);
  assert.equal(flushed, false);
  await second.resolve();
  await flushing;
});

Deno.test("partitionIntake() of a busy partition rests between checkpoints; to be closed ends the rest", async () => {
  const moved: number[] = [];
  const { intake } = watchedIntake({
    checkpoint: ({ sequenceNumber }) => Promise.resolve(void moved.push(sequenceNumber)),
  });
  let next = 0;
  for (const start = performance.now(); performance.now() < start + 250; await turn()) {
    await intake.add(numbered(next, next += 10));
  }
  assert(moved.length >= 2 && moved.length <= 4, `${moved.length} checkpoints in 250 ms`);
  const closing = performance.now();
  await intake.close();
  assert(performance.now() < closing + 50);
  assert.equal(moved.at(-1), next - 1);
  assert.deepEqual(moved, moved.toSorted((a, b) => a - b));
});

Deno.test("partitionIntake() that gave a batch up still checkpoints what was stored before it", async () => {
  const stop = new AbortController();
  const { intake, happened } = watchedIntake({
    signal: stop.signal,
    handle({ first }) {
      if (first < 20) return Promise.resolve();
      stop.abort();
      return Promise.reject(new Error("down"));
    },
  });
  await intake.add(numbered(0, 30));
  await intake.close();
  assert.equal(happened.at(-1), "checkpoint 19");
});

Deno.test("partitionIntake() that lost its partition drops the checkpoint that still waits", async () => {
  const first = held();
  const moved: number[] = [];
  const { intake } = watchedIntake({
    checkpoint({ sequenceNumber }) {
      moved.push(sequenceNumber);
      return first.promise;
    },
  });
  await intake.add(numbered(0, 20));
  intake.drop();
  await first.resolve();
  await intake.flush();
  assert.deepEqual(moved, [9]);
});

Deno.test("partitionIntake() waits out an age and a pause that are longer than a timer can be", async () => {
  const stop = new AbortController();
  let tried = 0;
  const { intake } = watchedIntake({
    signal: stop.signal,
    limits: { events: 10, bytes: 1e6, ageMs: 30 * 86_400_000 },
    handle() {
      tried++;
      return Promise.reject(Object.assign(new Error("busy"), { retryAfterMs: 30 * 86_400_000 }));
    },
  });
  await intake.add(numbered(0, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(tried, 0);
  const flushing = intake.flush();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(tried, 1);
  stop.abort();
  await flushing;
});

Deno.test("partitionIntake() does not checkpoint a batch that was never stored, nor any after it", async () => {
  const stop = new AbortController();
  stop.abort();
  const { intake, happened } = watchedIntake({
    signal: stop.signal,
    handle: () => Promise.reject(new Error("down")),
  });
  await intake.add(numbered(0, 10));
  await intake.add(numbered(10, 20));
  await intake.flush();
  assert.deepEqual(happened, []);
});

Deno.test("partitionIntake() hands one batch over at a time, even when it is flushed from outside", async () => {
  let atOnce = 0;
  let most = 0;
  const { intake } = watchedIntake({
    async handle() {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce--;
    },
  });
  await Promise.all([
    intake.add(numbered(0, 35)),
    intake.flush(),
    intake.add(numbered(35, 60)),
    intake.flush(),
  ]);
  assert.equal(most, 1);
});

Deno.test("partitionIntake() that lost its partition forgets what it gathered, and checkpoints nothing more", async () => {
  const storing = Promise.withResolvers<void>();
  const { intake, happened } = watchedIntake({ handle: () => storing.promise });
  const adding = intake.add(numbered(0, 25));
  intake.drop();
  storing.resolve();
  await adding;
  await intake.flush();
  assert.deepEqual(happened, []);
});

Deno.test("partitionIntake() goes on when a checkpoint fails: the next one covers it", async () => {
  const events: string[] = [];
  let checkpoints = 0;
  const { intake, happened } = watchedIntake({
    checkpoint: () => checkpoints++ === 0 ? Promise.reject(new Error("503")) : Promise.resolve(),
    log: (event) => events.push(event),
  });
  await intake.add(numbered(0, 20));
  await intake.flush();
  assert.deepEqual(happened, ["stored 0-9", "stored 10-19"]);
  assert.deepEqual(events, ["checkpoint.failed"]);
  assert.equal(checkpoints, 2);
});

Deno.test("partitionIntake() never throws into the hub, and says why it tries again", async () => {
  const logged: Record<string, unknown>[] = [];
  let failures = 0;
  const { intake, happened } = watchedIntake({
    handle: () => failures++ < 1 ? Promise.reject(new Error("503")) : Promise.resolve(),
    log: (_, fields) => logged.push(fields),
  });
  await intake.add(numbered(0, 10));
  await intake.close();
  assert.deepEqual(happened, ["checkpoint 9"]);
  assert.deepEqual(logged, [{ partition: 0, first: 0, last: 9, attempt: 0, error: "Error: 503" }]);
});

Deno.test("partitionIntake() waits as long as the handler's error asks before it tries again", async () => {
  const tried: number[] = [];
  const { intake } = watchedIntake({
    handle() {
      if (tried.push(performance.now()) === 2) return Promise.resolve();
      return Promise.reject(Object.assign(new Error("busy"), { retryAfterMs: 600 }));
    },
  });
  await intake.add(numbered(0, 10));
  await intake.close();
  assert(tried[1]! - tried[0]! >= 599, `${tried[1]! - tried[0]!} ms`);
});

Deno.test("partitionIntake() that is closed hands over what it has, and takes nothing more in", async () => {
  const { intake, happened } = watchedIntake();
  await intake.add(numbered(0, 3));
  await intake.close();
  await intake.add(numbered(3, 30));
  await intake.flush();
  assert.deepEqual(happened, ["stored 0-2", "checkpoint 2"]);
});

Deno.test("partitionIntake() says how far it is, and whether it waits for the handler", async () => {
  const storing = Promise.withResolvers<void>();
  const { intake } = watchedIntake({ position: 6, handle: () => storing.promise });
  assert.deepEqual([intake.position, intake.busy], [6, false]);
  await intake.add(numbered(7, 9));
  assert.deepEqual([intake.position, intake.busy], [8, false]);
  const flushing = intake.flush();
  await Promise.resolve();
  assert.deepEqual([intake.position, intake.busy], [8, true]);
  storing.resolve();
  await flushing;
  assert.equal(intake.busy, false);
});

Deno.test("partitionIntake() loses, repeats and reorders nothing, however events arrive and batches are cut", async () => {
  const arrivals = fc.array(fc.nat({ max: 30 }), { maxLength: 20 });
  const limits = fc.record({
    events: fc.integer({ min: 1, max: 40 }),
    bytes: fc.integer({ min: 1, max: 300 }),
  });
  await fc.assert(fc.asyncProperty(arrivals, limits, async (sizes, { events, bytes }) => {
    const batches: HubBatch[] = [];
    const { intake } = watchedIntake({
      limits: { events, bytes, ageMs: 60_000 },
      handle: (batch) => Promise.resolve(void batches.push(batch)),
    });
    let next = 0;
    for (const size of sizes) await intake.add(numbered(next, next += size));
    await intake.flush();
    const all = batches.flatMap((batch) => batch.events.map(({ sequenceNumber }) => sequenceNumber));
    assert.deepEqual(all, Array.from({ length: next }, (_, index) => index));
    for (const batch of batches) {
      assert.equal(batch.first, batch.events[0]!.sequenceNumber);
      assert.equal(batch.last, batch.events.at(-1)!.sequenceNumber);
      assert(batch.events.length <= events);
      assert(batch.events.length === 1 || batch.events.length * 10 <= bytes);
    }
  }));
});
