import assert from "node:assert/strict";
import { audit } from "#pipeline/audit.ts";
import type { HubPartition } from "#pipeline/hub/hub.ts";
import { planBlobs } from "#pipeline/receive.ts";
import type { BlobInfo, Store } from "#pipeline/store/store.ts";
import { encodeTick } from "#pipeline/tick.ts";
import { notes } from "#scripts/notes.ts";

const never = new AbortController().signal;
const generation = "ab12";

/** A store in memory, whose blobs can be tampered with. */
function memoryStore() {
  const blobs = new Map<string, { bytes: Uint8Array; metadata: Record<string, string> }>();
  const store: Store = {
    put(name, bytes, metadata) {
      blobs.set(name, { bytes, metadata });
      return Promise.resolve("created");
    },
    async *list(prefix) {
      for (const [name, { bytes, metadata }] of [...blobs].sort()) {
        if (!name.startsWith(prefix)) continue;
        yield await Promise.resolve({ name, sizeBytes: bytes.length, metadata } satisfies BlobInfo);
      }
    },
    get: (name) => Promise.resolve(blobs.get(name)!.bytes),
  };
  return { store, blobs };
}

/** Stores events as a receiver would; every tenth can't be decoded. */
async function storeEvents(store: Store, first: number, last: number, partition = 0): Promise<void> {
  const time = "2026-05-01T00:00:00.000Z";
  const events = Array.from({ length: last - first + 1 }, (_, index) => {
    const sequenceNumber = first + index;
    const tick = {
      source: "test",
      symbol: "BTC-USD",
      price: 1,
      size: null,
      side: null,
      time,
      received_at: time,
    };
    const body = sequenceNumber % 10 === 9
      ? new Uint8Array([0xff])
      : encodeTick({ id: `test|BTC-USD|${sequenceNumber}`, ...tick });
    return { body, sequenceNumber, offset: String(sequenceNumber), enqueuedAt: time };
  });
  for (const { name, bytes, lines } of planBlobs({ generation, partition, first, last, events })) {
    await store.put(name, bytes, { lines: String(lines), bytes: String(bytes.length) });
  }
}

function partitionOf(change: Partial<HubPartition>): HubPartition {
  return { partition: 0, generation, first: 0, last: 99, checkpoint: 99, owner: null, ...change };
}

Deno.test("audit() finds nothing wrong with what receivers stored, however they cut it", async () => {
  const { store } = memoryStore();
  for (const [first, last] of [[0, 49], [50, 99], [30, 60]] as const) await storeEvents(store, first, last);
  const { partitions, sound, damaged } = await audit(store, [partitionOf({})], never);
  assert.deepEqual(damaged, []);
  assert.equal(sound, true);
  assert.deepEqual(partitions, [{
    generation,
    partition: 0,
    last: 99,
    stored: 100,
    ticks: 118,
    rejects: 13,
    duplicates: 31,
    lost: 0,
    gaps: [],
    waiting: 0,
  }]);
});

Deno.test("audit() tells what is lost from what is still to come", async () => {
  const { store } = memoryStore();
  await storeEvents(store, 0, 19);
  await storeEvents(store, 30, 49);
  const counts = async (change: Partial<HubPartition>) => {
    const { partitions: [one], sound } = await audit(store, [partitionOf(change)], never);
    return { lost: one!.lost, gaps: one!.gaps, waiting: one!.waiting, sound };
  };
  const gaps = [{ first: 20, last: 29 }];
  assert.deepEqual(await counts({ checkpoint: 19 }), { lost: 0, gaps: [], waiting: 60, sound: true });
  assert.deepEqual(await counts({ checkpoint: 49 }), { lost: 10, gaps, waiting: 50, sound: false });
  // What retention took before it was stored is lost as well.
  const expired = [{ first: 20, last: 24 }];
  assert.deepEqual(await counts({ checkpoint: 19, first: 25 }), {
    lost: 5,
    gaps: expired,
    waiting: 55,
    sound: false,
  });
  const all = [...gaps, { first: 50, last: 99 }];
  assert.deepEqual(await counts({ first: 100 }), { lost: 60, gaps: all, waiting: 0, sound: false });
});

Deno.test("audit() begins where the hub began when the receiver came late", async () => {
  const { store } = memoryStore();
  await storeEvents(store, 50, 99);
  const { partitions: [one], sound } = await audit(store, [partitionOf({ first: 50 })], never);
  assert.deepEqual([one!.lost, sound], [0, true]);
});

Deno.test("audit() counts a generation that the hub knows no more by itself", async () => {
  const { store } = memoryStore();
  await storeEvents(store, 0, 9);
  await storeEvents(store, 20, 29);
  const { partitions, sound } = await audit(store, [], never);
  assert.deepEqual(partitions.map(({ last, lost, gaps }) => ({ last, lost, gaps })), [
    { last: 29, lost: 10, gaps: [{ first: 10, last: 19 }] },
  ]);
  assert.equal(sound, false);
});

Deno.test("audit() detects a blob that was cut off, at every byte", async () => {
  const { store, blobs } = memoryStore();
  await storeEvents(store, 0, 8);
  const [[name, { bytes, metadata }]] = [...blobs] as [
    [string, { bytes: Uint8Array; metadata: Record<string, string> }],
  ];
  for (let length = 0; length < bytes.length; length++) {
    blobs.set(name, { bytes: bytes.subarray(0, length), metadata });
    const { damaged, sound } = await audit(store, [], never);
    assert.equal(damaged.length, 1, `cut to ${length} bytes`);
    assert.equal(sound, false);
  }
});

Deno.test("audit() holds line and byte counts against the metadata, and names against the form", async () => {
  const { store, blobs } = memoryStore();
  await storeEvents(store, 0, 8);
  const [name] = [...blobs.keys()];
  blobs.set(name!, { ...blobs.get(name!)!, metadata: { lines: "8", bytes: "1" } });
  await store.put("ticks/by_hand.ndjson", new Uint8Array(), {});
  const { damaged } = await audit(store, [], never);
  assert.match(
    damaged.find(({ blob }) => blob === name)!.reason,
    /it has 9 lines and \d+ bytes, its metadata says 8 and 1/,
  );
  assert.match(damaged.find(({ blob }) => blob !== name)!.reason, /none that a receiver gives/);
});

Deno.test("audit() passes over the refused messages that `stream` keeps beside the events", async () => {
  const { store } = memoryStore();
  await storeEvents(store, 0, 99);
  const kept = notes(() => Promise.resolve(store), () => {});
  const received_at = "2026-05-01T00:00:00.000Z";
  kept.addReject({ source: "binance", kind: "binance.trade.p", reason: "missing", raw: "{}", received_at });
  await kept.flush();
  const { blobs, damaged, sound } = await audit(store, [partitionOf({})], never);
  assert.deepEqual({ blobs, damaged, sound }, { blobs: 2, damaged: [], sound: true });
});
