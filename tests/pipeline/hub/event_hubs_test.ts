import assert from "node:assert/strict";
import { startEmulator } from "#emulator/emulator.ts";
import { eventHubs } from "#pipeline/hub/event_hubs.ts";
import type { HubBatch } from "#pipeline/hub/hub.ts";
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
  const open = (connectionString = emulator.connectionString(), hub = "ticks", consumerGroup = "$Default") =>
    eventHubs({ address: { connectionString, hub }, consumerGroup, checkpoints, log });
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

Deno.test("eventHubs() receivers share the partitions, and together get everything", async () => {
  await using parts = await startParts();
  await using sender = await parts.open();
  const keys = Array.from({ length: 40 }, (_, index) => `K${index}-USD`);
  const stop = new AbortController();
  const got: HubBatch[][] = [[], []];
  const all = Promise.withResolvers<void>();
  const receivers = await Promise.all([parts.open(), parts.open()]);
  const receiving = receivers.map((hub, index) =>
    hub.receive(
      (batch) => {
        got[index]!.push(batch);
        if (new Set(bodies(got.flat())).size === 400) all.resolve();
        return Promise.resolve();
      },
      { limits: { events: 50, bytes: 1e6, ageMs: 100 }, once: false },
      stop.signal,
    )
  );
  await sender.send(keys.flatMap((key) => events(key, 10)), never);
  await all.promise;
  stop.abort();
  await Promise.all(receiving);
  for (const hub of receivers) await hub[Symbol.asyncDispose]();
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
