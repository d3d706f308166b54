import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { earliestEventPosition, EventHubBufferedProducerClient } from "@azure/event-hubs";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import { closing, consumerOf, NO_RETRY, numbered, producerOf, readEvents } from "#tests/emulator/clients.ts";

const FROM_START = { from: earliestEventPosition };

Deno.test("sendBatch() keeps bodies and properties as they were", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 1 }] });
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch([
    { body: { price: 1.5 }, properties: { source: "test", count: 3 }, messageId: "m1", contentType: "x/y" },
    { body: Buffer.from([0, 1, 255]), correlationId: "c1" },
    { body: "text ✓" },
  ]);
  await producer.sendBatch([
    { bodyType: "value", body: { nested: [1, "two", null] } },
    { bodyType: "sequence", body: [[1, 2], ["three"]] },
  ]);
  const read = await readEvents(consumer, 5, FROM_START);
  assert.deepEqual(read[0]!.body, { price: 1.5 });
  assert.deepEqual(read[0]!.properties, { source: "test", count: 3 });
  assert.equal(read[0]!.messageId, "m1");
  assert.equal(read[0]!.contentType, "x/y");
  assert.deepEqual(read[1]!.body, Buffer.from([0, 1, 255]));
  assert.equal(read[1]!.correlationId, "c1");
  assert.equal(read[2]!.body, "text ✓");
  assert.deepEqual(read[3]!.body, { nested: [1, "two", null] });
  assert.equal(read[3]!.getRawAmqpMessage().bodyType, "value");
  assert.deepEqual(read[4]!.body, [[1, 2], ["three"]]);
  assert.deepEqual(read.map((event) => event.sequenceNumber), [0, 1, 2, 3, 4]);
  assert.deepEqual(new Set(read.map((event) => typeof event.offset)), new Set(["string"]));
});

Deno.test({
  name: "a partition key finds the same partition that the SDK's own hash does",
  // The SDK's buffered client leaves a timer of ten seconds behind when it closes.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 7 }] });
    const keys = Array.from({ length: 200 }, (_, index) => `key-${"x".repeat(index % 30)}-${index}-€`);
    await using producer = producerOf(emulator);
    await Promise.all(keys.map((key) => producer.sendBatch([{ body: key }], { partitionKey: key })));
    await sendBuffered(emulator, keys);
    await using consumer = consumerOf(emulator);
    const read = await readEvents(consumer, keys.length * 2, FROM_START);
    const partitions = new Map<string, Set<string>>();
    for (const { body, partition } of read) {
      partitions.set(body, (partitions.get(body) ?? new Set()).add(partition));
    }
    assert.equal(partitions.size, keys.length);
    for (const [key, found] of partitions) assert.equal(found.size, 1, `${key} is in ${[...found]}`);
    assert.equal(new Set(read.map(({ partition }) => partition)).size, 7);
    // The buffered client hashes keys but doesn't send them.
    assert.equal(read.filter(({ partitionKey, body }) => partitionKey === body).length, keys.length);
  },
});

/** Sends each key as an event through the client that hashes keys itself and sends to partitions by number. */
async function sendBuffered(emulator: Emulator, keys: readonly string[]): Promise<void> {
  await using buffered = closing(
    new EventHubBufferedProducerClient(emulator.connectionString("prices"), {
      ...NO_RETRY,
      onSendEventsErrorHandler: ({ error }) => Promise.reject(error),
    }),
  );
  for (const key of keys) await buffered.enqueueEvent({ body: key }, { partitionKey: key });
  await buffered.flush();
}

Deno.test("batches without a key go to the partitions in turn, and to a named one when told", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 3 }] });
  await using producer = producerOf(emulator);
  for (let batch = 0; batch < 6; batch++) await producer.sendBatch(numbered(1, batch));
  await producer.sendBatch(numbered(2, 100), { partitionId: "2" });
  const ids = await producer.getPartitionIds();
  assert.deepEqual(ids, ["0", "1", "2"]);
  const ends = await Promise.all(ids.map((id) => producer.getPartitionProperties(id)));
  assert.deepEqual(ends.map((end) => end.lastEnqueuedSequenceNumber), [1, 1, 3]);
});

Deno.test("2,000 sends at once are all stored, each batch in one piece", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 1 }] });
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await Promise.all(Array.from({ length: 2000 }, (_, batch) => producer.sendBatch(numbered(2, batch * 2))));
  const bodies = (await readEvents(consumer, 4000, FROM_START)).map(({ body }) => body as number);
  assert.deepEqual(bodies.toSorted((a, b) => a - b), Array.from({ length: 4000 }, (_, number) => number));
  for (let at = 0; at < 4000; at += 2) assert.equal(bodies[at + 1], bodies[at]! + 1);
});

Deno.test("an event of 900 KB goes through; a message above the size limit is refused", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 1 }] });
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  const batch = await producer.createBatch();
  assert.equal(batch.maxSizeInBytes, 1_048_576);
  assert.equal(batch.tryAdd({ body: "x".repeat(900_000) }), true);
  assert.equal(batch.tryAdd({ body: "x".repeat(200_000) }), false);
  await producer.sendBatch(batch);
  await assert.rejects(
    producer.sendBatch([{ body: "x".repeat(700_000) }, { body: "x".repeat(700_000) }]),
    (error: Error & { code?: string }) => error.code === "MessageTooLargeError",
  );
  const [read] = await readEvents(consumer, 1, FROM_START);
  assert.equal(read!.body.length, 900_000);
  await producer.sendBatch([{ body: "still open" }]);
});
