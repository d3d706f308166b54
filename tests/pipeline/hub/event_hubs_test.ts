import assert from "node:assert/strict";
import { startEmulator } from "#emulator/emulator.ts";
import { eventHubs } from "#pipeline/hub/event_hubs.ts";
import type { HubBatch, Log } from "#pipeline/hub/hub.ts";
import type { WatchTimes } from "#pipeline/hub/watch.ts";
import { azurite } from "#pipeline/store/azurite.ts";
import { openContainer } from "#pipeline/store/blob.ts";
import { temporaryFolder } from "#scripts/files.ts";
import { bodies, drain, events, hubContract } from "#tests/contracts/hub.ts";

const never = new AbortController().signal;
const log = () => {};

/** An emulator, Azurite for the checkpoints, and a way to open hubs on them. */
async function startParts() {
  await using started = new AsyncDisposableStack();
  const { path } = started.use(await temporaryFolder());
  const storage = started.use(await azurite({ port: 0, folder: path }));
  const hubs = [{ name: "ticks", partitions: 4 }];
  const emulator = started.use(await startEmulator({ hubs }));
  const checkpoints = await openContainer(storage, "checkpoints");
  const open = (
    connectionString = emulator.connectionString(),
    hub = "ticks",
    consumerGroup = "$Default",
    more: { log?: Log; watch?: WatchTimes } = {},
  ) => eventHubs({ address: { connectionString, hub }, consumerGroup, checkpoints, log, ...more });
  const kept = started.move();
  return { emulator, hubs, open, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

hubContract("eventHubs() on the emulator", async () => {
  await using opened = new AsyncDisposableStack();
  const parts = opened.use(await startParts());
  const hub = opened.use(await parts.open());
  const kept = opened.move();
  return { hub, [Symbol.asyncDispose]: () => kept.disposeAsync() };
});

Deno.test({
  name: "eventHubs() receivers share the partitions evenly, and together get everything",
  // The SDK leaves a timer behind for a link that was still opening when it was closed.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using parts = await startParts();
    await using sender = await parts.open();
    const stop = new AbortController();
    const got: HubBatch[][] = [[], []];
    const receivers = await Promise.all([parts.open(), parts.open()]);
    const receive = (index: 0 | 1) =>
      receivers[index]!.receive(
        (batch) => Promise.resolve(void got[index]!.push(batch)),
        { limits: { events: 50, bytes: 1e6, ageMs: 20 }, once: false },
        stop.signal,
      );
    const partitionsOf = (batches: readonly HubBatch[]) =>
      new Set(batches.map(({ partition }) => partition)).size;
    let sent = 0;
    const sendUntil = async (done: () => boolean) => {
      for (; !done(); sent++) {
        await sender.send(
          Array.from({ length: 40 }, (_, key) => events(`K${key}-USD`, 1, sent)).flat(),
          never,
        );
      }
    };
    // The first has all four to itself; the second then takes two of them.
    const receiving = [receive(0)];
    await sendUntil(() => partitionsOf(got[0]!) === 4);
    receiving.push(receive(1));
    await sendUntil(() => partitionsOf(got[1]!) === 2);
    stop.abort();
    await Promise.all(receiving);
    for (const hub of receivers) await hub[Symbol.asyncDispose]();
    await using last = await parts.open();
    const all = [...got.flat(), ...await drain(last)];
    assert.equal(new Set(bodies(all)).size, sent * 40);
  },
});

Deno.test("eventHubs() drains with once although another receiver holds every partition", async () => {
  await using parts = await startParts();
  await using live = await parts.open();
  await using other = await parts.open();
  const stop = new AbortController();
  const started = Promise.withResolvers<void>();
  const seen: HubBatch[] = [];
  const receiving = live.receive(
    (batch) => {
      seen.push(batch);
      started.resolve();
      return Promise.resolve();
    },
    { limits: { events: 1_000, bytes: 1e6, ageMs: 20 }, once: false },
    stop.signal,
  );
  await other.send(events("BTC-USD", 1), never);
  await started.promise;
  await other.send(events("BTC-USD", 100, 1), never);
  const drained = await drain(other);
  stop.abort();
  await receiving;
  assert.equal(new Set(bodies([...seen, ...drained])).size, 101);
});

Deno.test("eventHubs() starts at the earliest event of a hub that was made anew", async () => {
  await using parts = await startParts();
  {
    await using hub = await parts.open();
    await hub.send(events("BTC-USD", 30), never);
    assert.equal(bodies(await drain(hub)).length, 30);
  }
  await using anew = await startEmulator({ hubs: parts.hubs });
  await using hub = await parts.open(anew.connectionString());
  await hub.send(events("BTC-USD", 50), never);
  assert.equal(bodies(await drain(hub)).length, 50);
});

Deno.test("eventHubs() refuses an event that is larger than the hub takes", async () => {
  await using parts = await startParts();
  await using hub = await parts.open();
  const body = new Uint8Array(2_000_000);
  await assert.rejects(
    hub.send([{ partitionKey: "k", body }], never),
    /2000000 bytes, the hub takes 1048576 at most/,
  );
});

Deno.test("eventHubs() says what is wrong, and what to do", async () => {
  await using parts = await startParts();
  await assert.rejects(parts.open(undefined, "tocks"), /has no hub "tocks" .*check EVENT_HUB_NAME/);
  const nobody = parts.emulator.connectionString().replace(`:${parts.emulator.port}`, ":1");
  await assert.rejects(
    parts.open(nobody),
    /127\.0\.0\.1:1 can't be reached: start it with `deno task local`/,
  );
});

Deno.test("eventHubs() ends receiving with the reason when the consumer group isn't there", async () => {
  await using parts = await startParts();
  await using hub = await parts.open(undefined, "ticks", "nobody");
  await hub.send(events("BTC-USD", 1), never);
  await assert.rejects(drain(hub), /no consumer group "nobody": check EVENT_HUB_NAME and CONSUMER_GROUP/);
});

Deno.test("eventHubs() notices that a partition stands still, receives it anew, and loses nothing", async () => {
  await using parts = await startParts();
  const stalled = Promise.withResolvers<Record<string, unknown>>();
  const rounds = { begun: 0 };
  const freeze = parts.emulator.faults.add({ kind: "freeze" });
  await using hub = await parts.open(undefined, undefined, undefined, {
    watch: { everyMs: 50, stallMs: 200 },
    log(event, fields) {
      if (event === "receive.round") rounds.begun++;
      if (event === "receive.stalled") stalled.resolve(fields);
    },
  });
  await hub.send(events("BTC-USD", 20), never);
  const stop = new AbortController();
  const batches: HubBatch[] = [];
  const receiving = hub.receive(
    (batch) => {
      batches.push(batch);
      if (bodies(batches).length === 20) stop.abort();
      return Promise.resolve();
    },
    { limits: { events: 5, bytes: 1e6, ageMs: 20 }, once: false },
    stop.signal,
  );
  const { position, end, waitsFor } = await stalled.promise;
  assert.deepEqual({ position, end, waitsFor }, { position: -1, end: 19, waitsFor: "hub" });
  freeze[Symbol.dispose]();
  await receiving;
  assert(rounds.begun >= 2, `${rounds.begun} rounds`);
  assert.deepEqual(bodies(batches), events("BTC-USD", 20).map(({ body }) => new TextDecoder().decode(body)));
});

Deno.test("eventHubs() receives the whole of a hub that is made anew while it receives", async () => {
  await using parts = await startParts();
  const { port, faults } = parts.emulator;
  await using hub = await parts.open(undefined, undefined, undefined, {
    watch: { everyMs: 50, stallMs: 500 },
  });
  const stop = new AbortController();
  const batches: HubBatch[] = [];
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const lives = () => Map.groupBy(batches, ({ generation }) => generation);
  const receiving = hub.receive(
    (batch) => {
      batches.push(batch);
      if (bodies(batches).includes("BTC-USD 29")) first.resolve();
      const last = [...lives().values()].at(-1)!;
      if (lives().size === 2 && new Set(bodies(last)).size === 200) second.resolve();
      return Promise.resolve();
    },
    { limits: { events: 50, bytes: 1e6, ageMs: 20 }, once: false },
    stop.signal,
  );
  await hub.send(events("BTC-USD", 30), never);
  await first.promise;
  faults.dropConnections();
  await parts.emulator.close();
  // The new one has grown past where the old one was before anyone asks: an old offset would skip what lies before.
  await using anew = await startEmulator({ hubs: parts.hubs, port });
  await using sender = await parts.open(anew.connectionString());
  await sender.send(events("BTC-USD", 200, 1_000), never);
  await second.promise;
  stop.abort();
  await receiving;
  const [, second_] = [...lives().values()];
  assert.equal(new Set(bodies(second_!)).size, 200);
});

Deno.test("eventHubs() tells of every partition how far it and its receiver are", async () => {
  await using parts = await startParts();
  await using hub = await parts.open();
  await hub.send(events("BTC-USD", 60), never);
  const [batch] = await drain(hub, { limits: { events: 60, bytes: 1e6, ageMs: 60_000 } });
  const { partition, generation } = batch!;
  const all = await hub.partitions();
  assert.deepEqual(all.map((one) => one.partition), [0, 1, 2, 3]);
  const full = { partition, generation, first: 0, last: 59, checkpoint: 59, owner: null };
  assert.deepEqual(all[partition], full);
  const empty = { ...full, partition: (partition + 1) % 4, last: -1, checkpoint: -1 };
  assert.deepEqual(all[empty.partition], empty);
});
