import assert from "node:assert/strict";
import type { HubBatch, OutgoingEvent } from "#pipeline/hub/hub.ts";
import { memoryHub } from "#pipeline/hub/memory.ts";
import { planBlobs, receive } from "#pipeline/receive.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import { parseBlobName } from "#pipeline/store/names.ts";
import type { Store } from "#pipeline/store/store.ts";
import { encodeTick, type Tick } from "#pipeline/tick.ts";
import { temporaryFolder } from "#scripts/files.ts";

const never = new AbortController().signal;
const once = { limits: { events: 50, bytes: 1e6, ageMs: 60_000 }, once: true };

function tick(number: number): Tick {
  const time = new Date(Date.UTC(2026, 4, 1) + number * 1000).toISOString();
  const id = `test|BTC-USD|${number}`;
  return {
    id,
    source: "test",
    symbol: "BTC-USD",
    price: 1 + number,
    size: null,
    side: null,
    time,
    received_at: time,
  };
}

function sent(body: Uint8Array): OutgoingEvent {
  return { partitionKey: "BTC-USD", body };
}

function batch(bodies: Uint8Array[], first = 0): HubBatch {
  const events = bodies.map((body, index) => ({
    body,
    sequenceNumber: first + index,
    offset: String(first + index),
    enqueuedAt: `2026-05-01T00:00:0${index}.000Z`,
  }));
  return { partition: 2, generation: "ab12", first, last: first + bodies.length - 1, events };
}

async function lines(store: Store, prefix: string): Promise<Record<string, unknown>[]> {
  const blobs = await Array.fromAsync(store.list(prefix), async ({ name }) => await store.get(name));
  return blobs.flatMap((bytes) =>
    new TextDecoder().decode(bytes).trimEnd().split("\n").map((line) => JSON.parse(line))
  );
}

Deno.test("receive() stores every event as a line with its delivery, 50 to a blob", async () => {
  await using folder = await temporaryFolder();
  const store = folderStore(folder.path);
  const hub = memoryHub({ generation: "ab12", now: () => Date.UTC(2026, 4, 1) });
  await hub.send(Array.from({ length: 120 }, (_, number) => sent(encodeTick(tick(number)))), never);
  const totals = await receive(hub, store, once, never);
  const { bytes, ...counts } = totals;
  assert.deepEqual(counts, { events: 120, ticks: 120, rejects: 0, blobs: 3 });
  const blobs = await Array.fromAsync(store.list(""));
  assert.equal(bytes, blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const delivery = { enqueued_at: "2026-05-01T00:00:00.000Z", generation: "ab12" };
  assert.deepEqual(
    (await lines(store, "ticks/")).map(({ partition: _, ...line }) => line),
    Array.from({ length: 120 }, (_, number) => ({ ...tick(number), sequence_number: number, ...delivery })),
  );
});

Deno.test("receive() keeps what it cannot decode, and goes on", async () => {
  await using folder = await temporaryFolder();
  const store = folderStore(folder.path);
  const hub = memoryHub({ generation: "ab12" });
  const garbage = new Uint8Array([0xff, 0x00, 0x0a]);
  await hub.send([sent(encodeTick(tick(0))), sent(garbage), sent(encodeTick(tick(2)))], never);
  const { ticks, rejects, blobs } = await receive(hub, store, once, never);
  assert.deepEqual({ ticks, rejects, blobs }, { ticks: 2, rejects: 1, blobs: 2 });
  const [reject, ...more] = await lines(store, "rejects/");
  assert.deepEqual(more, []);
  assert.deepEqual(Uint8Array.fromBase64(reject!.raw as string), garbage);
  assert.equal(reject!.sequence_number, 1);
  assert.match(String(reject!.reason), /expected UTF-8 text/);
});

Deno.test("receive() puts nothing twice when a put succeeded but its answer got lost", async () => {
  await using folder = await temporaryFolder();
  const real = folderStore(folder.path);
  let lost = 0;
  const store: Store = {
    ...real,
    async put(name, bytes, metadata) {
      const outcome = await real.put(name, bytes, metadata);
      if (lost++ === 0) throw new Error("connection reset after the commit");
      return outcome;
    },
  };
  const hub = memoryHub();
  await hub.send(Array.from({ length: 50 }, (_, number) => sent(encodeTick(tick(number)))), never);
  const totals = await receive(hub, store, once, never);
  assert.equal(totals.ticks, 50);
  assert.equal((await lines(real, "ticks/")).length, 50);
});

Deno.test("planBlobs() depends on nothing but the events: the same batch gives the same names and bytes", () => {
  const bodies = [encodeTick(tick(0)), new Uint8Array([1]), encodeTick(tick(2))];
  const [ticks, rejects, ...more] = planBlobs(batch(bodies, 7));
  assert.deepEqual(planBlobs(batch(bodies, 7)), [ticks, rejects]);
  assert.deepEqual(more, []);
  for (const blob of [ticks!, rejects!]) {
    const { kind, first, last, partition, generation, date } = parseBlobName(blob.name)!;
    assert.deepEqual({ kind, first, last, partition, generation, date }, {
      kind: blob.kind,
      first: 7,
      last: 9,
      partition: 2,
      generation: "ab12",
      date: "2026-05-01",
    });
  }
  assert.deepEqual([ticks!.lines, rejects!.lines], [2, 1]);
});

Deno.test("planBlobs() makes one blob where all events are ticks, or none is", () => {
  assert.deepEqual(planBlobs(batch([encodeTick(tick(0))])).map(({ kind }) => kind), ["ticks"]);
  assert.deepEqual(planBlobs(batch([new Uint8Array()])).map(({ kind }) => kind), ["rejects"]);
});
