import assert from "node:assert/strict";
import { earliestEventPosition, EventHubBufferedProducerClient } from "@azure/event-hubs";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import { closing, consumerOf, numbered, producerOf, readEvents, refusalOf } from "#tests/emulator/clients.ts";

const OPTIONS = { hubs: [{ name: "prices", partitions: 2 }] };
const PLACE = { hub: "prices", partition: "0" };
const code = (expected: string) => (error: Error & { code?: string }) => error.code === expected;

/** How many events a partition has, asked past every fault. */
async function stored(emulator: Emulator, partition = "0"): Promise<number> {
  await using producer = producerOf(emulator);
  return (await producer.getPartitionProperties(partition)).lastEnqueuedSequenceNumber + 1;
}

Deno.test("throttle, full disk and refusal reach the SDK as its own errors, and end when told", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  const send = () => producer.sendBatch(numbered(1), { partitionId: "0" });
  {
    using _throttle = emulator.faults.add({ kind: "throttle", ...PLACE });
    await assert.rejects(send(), code("ServerBusyError"));
    await producer.sendBatch(numbered(1), { partitionId: "1" });
  }
  {
    using _full = emulator.faults.add({ kind: "diskFull" });
    await assert.rejects(send(), code("QuotaExceededError"));
  }
  {
    using _refuse = emulator.faults.add({ kind: "refuse", condition: "com.microsoft:entity-disabled" });
    await using late = producerOf(emulator);
    await assert.rejects(late.sendBatch(numbered(1)), code("MessagingEntityDisabledError"));
  }
  await send();
  assert.equal(await stored(emulator), 1);
});

Deno.test("a fault strikes only as often as told, and the SDK's own retry gets through", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator, "prices", { maxRetries: 3 });
  using _throttle = emulator.faults.add({ kind: "throttle", times: 2 });
  await producer.sendBatch(numbered(1), { partitionId: "0" });
  assert.equal(await stored(emulator), 1);
});

Deno.test("delay holds a batch back for as long as told", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  await producer.sendBatch(numbered(1), { partitionId: "0" });
  using _delay = emulator.faults.add({ kind: "delay", delayMs: 200 });
  const start = performance.now();
  await producer.sendBatch(numbered(1), { partitionId: "0" });
  assert.ok(performance.now() - start >= 199);
});

Deno.test("a cut before the store loses the batch; a cut after it loses only the acknowledgement", async (t) => {
  for (const [kind, expected] of [["dropBeforeStore", 0], ["dropBeforeAcknowledge", 1]] as const) {
    await t.step(kind, async () => {
      await using emulator = await startEmulator(OPTIONS);
      await using producer = producerOf(emulator, "prices", { timeoutInMs: 500 });
      using _cut = emulator.faults.add({ kind, times: 1 });
      await assert.rejects(producer.sendBatch(numbered(1), { partitionId: "0" }));
      assert.equal(await stored(emulator), expected);
    });
  }
});

Deno.test({
  name: "an idempotent producer's batch is stored once when its acknowledgement is lost",
  // The SDK's buffered client leaves a timer of ten seconds behind when it closes.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using emulator = await startEmulator(OPTIONS);
    const failures: Error[] = [];
    {
      await using producer = closing(
        new EventHubBufferedProducerClient(emulator.connectionString("prices"), {
          enableIdempotentRetries: true,
          retryOptions: { maxRetries: 4, retryDelayInMs: 50, timeoutInMs: 500 },
          onSendEventsErrorHandler: ({ error }) => Promise.resolve(void failures.push(error)),
        }),
      );
      for (let batch = 0; batch < 4; batch++) {
        if (batch % 2 === 1) emulator.faults.add({ kind: "dropBeforeAcknowledge", times: 1 });
        await producer.enqueueEvents(numbered(3, batch * 3), { partitionId: "0" });
        await producer.flush();
      }
    }
    assert.deepEqual(failures, []);
    await using consumer = consumerOf(emulator);
    const read = await readEvents(consumer, 12, { from: earliestEventPosition });
    assert.deepEqual(read.map(({ body }) => body), Array.from({ length: 12 }, (_, number) => number));
    assert.equal(await stored(emulator), 12);
  },
});

Deno.test("a frozen partition sends nothing while its end moves on, and thaws", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  const freeze = emulator.faults.add({ kind: "freeze", ...PLACE });
  let thawed = false;
  await producer.sendBatch(numbered(5), { partitionId: "0" });
  await producer.sendBatch(numbered(5, 5), { partitionId: "1" });
  assert.equal(await stored(emulator), 5);
  const seen: boolean[] = [];
  const frozen = readEvents(consumer, 5, { from: earliestEventPosition, partition: "0" }).then((read) => {
    seen.push(thawed);
    return read;
  });
  await using other = consumerOf(emulator);
  assert.equal((await readEvents(other, 5, { from: earliestEventPosition, partition: "1" })).length, 5);
  thawed = true;
  freeze[Symbol.dispose]();
  assert.deepEqual((await frozen).map(({ body }) => body), [0, 1, 2, 3, 4]);
  assert.deepEqual(seen, [true]);
});

Deno.test("steal() ends a partition's readers as another reader would", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(1), { partitionId: "0" });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Error>();
  const subscription = consumer.subscribe("0", {
    processEvents: (events) => Promise.resolve(events.length > 0 ? opened.resolve() : undefined),
    processError: (error) => Promise.resolve(ended.resolve(error)),
  }, { startPosition: earliestEventPosition });
  await opened.promise;
  emulator.faults.steal(PLACE);
  assert.ok(code("ReceiverDisconnectedError")(await ended.promise));
  await subscription.close();
  assert.throws(
    () => emulator.faults.steal({ hub: "nothing", partition: "0" }),
    /'nothing' could not be found/,
  );
});

Deno.test("consumers come back by themselves after every connection was dropped", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator, "prices", { maxRetries: 5, timeoutInMs: 500 });
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(1), { partitionId: "0" });
  const bodies: unknown[] = [];
  const both = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const subscription = consumer.subscribe("0", {
    processEvents(events) {
      bodies.push(...events.map(({ body }) => body));
      if (bodies.length > 0) first.resolve();
      if (bodies.length > 1) both.resolve();
      return Promise.resolve();
    },
    processError: () => Promise.resolve(),
  }, { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1 });
  await first.promise;
  emulator.faults.dropConnections();
  await producer.sendBatch(numbered(1, 1), { partitionId: "0" });
  await both.promise;
  assert.deepEqual(bodies, [0, 1]);
  await subscription.close();
});

Deno.test("a refusal can strike receivers too", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using consumer = consumerOf(emulator);
  using _refuse = emulator.faults.add({ kind: "refuse", condition: "amqp:unauthorized-access", ...PLACE });
  const error = await refusalOf(consumer, { from: earliestEventPosition, partition: "0" });
  assert.ok(code("UnauthorizedError")(error));
});
