import assert from "node:assert/strict";
import { earliestEventPosition } from "@azure/event-hubs";
import { startEmulator } from "#emulator/emulator.ts";
import { consumerOf, numbered, producerOf, readEvents } from "#tests/emulator/clients.ts";

Deno.test("startEmulator() refuses a port in use, and says what to do", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices" }] });
  await assert.rejects(
    startEmulator({ hubs: [{ name: "prices" }], port: emulator.port }),
    (error: Error) =>
      error.message.includes(`Port ${emulator.port} on 127.0.0.1 is in use`) &&
      error.message.includes("choose another port") && error.cause instanceof Deno.errors.AddrInUse,
  );
});

Deno.test("startEmulator() refuses hubs that make no sense, naming them", async (t) => {
  const cases: readonly [string, Parameters<typeof startEmulator>[0]["hubs"], RegExp][] = [
    ["none", [], /at least one/],
    ["bad name", [{ name: "a/b" }], /"a\/b"/],
    ["twice", [{ name: "Prices" }, { name: "prices" }], /"prices" is named twice/],
    ["no partitions", [{ name: "prices", partitions: 0 }], /can't have 0 partitions/],
  ];
  for (const [name, hubs, message] of cases) {
    await t.step(name, () => assert.rejects(startEmulator({ hubs }), message));
  }
});

Deno.test("a hub tells when it was created, and a new emulator is a new hub", async () => {
  const createdOn = async () => {
    await using emulator = await startEmulator({ hubs: [{ name: "prices" }], now: () => (clock += 1000) });
    await using producer = producerOf(emulator);
    const first = (await producer.getEventHubProperties()).createdOn.getTime();
    assert.equal((await producer.getEventHubProperties()).createdOn.getTime(), first);
    return first;
  };
  let clock = Date.UTC(2026, 0, 1);
  const [before, after] = [await createdOn(), await createdOn()];
  assert.ok(after > before, `${after} should be later than ${before}`);
});

Deno.test("hubs of one emulator are apart, and names don't mind their case", async () => {
  await using emulator = await startEmulator({
    hubs: [{ name: "prices" }, { name: "trades", partitions: 2 }],
  });
  await using prices = producerOf(emulator);
  await using trades = producerOf(emulator, "TRADES");
  await trades.sendBatch(numbered(3), { partitionId: "1" });
  assert.equal((await prices.getPartitionProperties("1")).isEmpty, true);
  assert.equal((await trades.getPartitionProperties("1")).lastEnqueuedSequenceNumber, 2);
  assert.equal((await trades.getEventHubProperties()).name, "trades");
});

Deno.test("close() ends within two seconds while clients send and receive, and frees the port", async () => {
  const emulator = await startEmulator({ hubs: [{ name: "prices" }] });
  // A send under way when the connection goes is only given up after the SDK's own timeout.
  const producer = producerOf(emulator, "prices", { timeoutInMs: 1000 });
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(10));
  const reading = Promise.withResolvers<void>();
  const subscription = consumer.subscribe({
    processEvents: (events) => Promise.resolve(events.length > 0 ? reading.resolve() : undefined),
    processError: () => Promise.resolve(),
  }, { startPosition: earliestEventPosition });
  await reading.promise;
  const sending = Promise.allSettled([producer.sendBatch(numbered(1))]);
  const start = performance.now();
  await emulator.close();
  assert.ok(performance.now() - start < 2000);
  await subscription.close();
  await producer.close();
  await sending;
  await using _again = await startEmulator({ hubs: [{ name: "prices" }], port: emulator.port });
});

Deno.test("clients that close in the middle of everything leave the emulator at work", async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 1 }] });
  {
    await using producer = producerOf(emulator);
    for (let first = 0; first < 5000; first += 500) await producer.sendBatch(numbered(500, first));
  }
  for (let round = 0; round < 10; round++) {
    await using consumer = consumerOf(emulator);
    await readEvents(consumer, 1 + round * 100, {
      from: earliestEventPosition,
      maxBatchSize: 100,
      prefetchCount: 3000,
    });
  }
  for (let round = 0; round < 10; round++) {
    const producer = producerOf(emulator);
    const sending = producer.sendBatch(numbered(1)).catch(() => {});
    await producer.close();
    await sending;
  }
  await using producer = producerOf(emulator);
  assert.ok((await producer.getPartitionProperties("0")).lastEnqueuedSequenceNumber >= 4999);
});
