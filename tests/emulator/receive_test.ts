import assert from "node:assert/strict";
import {
  earliestEventPosition,
  type EventPosition,
  latestEventPosition,
  type PartitionProperties,
} from "@azure/event-hubs";
import { startEmulator } from "#emulator/emulator.ts";
import { consumerOf, numbered, producerOf, readEvents, refusalOf } from "#tests/emulator/clients.ts";

const ONE_PARTITION = { hubs: [{ name: "prices", partitions: 1 }] };

Deno.test("every start position begins at the right event", async (t) => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(10));
  const all = await readEvents(consumer, 10, { from: earliestEventPosition });
  const fifth = all[5]!;
  const cases: readonly [string, EventPosition, number][] = [
    ["an offset", { offset: fifth.offset }, 6],
    ["an offset, inclusive", { offset: fifth.offset, isInclusive: true }, 5],
    ["a sequence number", { sequenceNumber: 5 }, 6],
    ["a sequence number, inclusive", { sequenceNumber: 5, isInclusive: true }, 5],
    ["the sequence number before the first", { sequenceNumber: -1 }, 0],
    ["a time before the first", { enqueuedOn: fifth.enqueuedTimeUtc.getTime() - 1 }, 0],
    ["a date before the first", { enqueuedOn: new Date(0) }, 0],
    ["the earliest", earliestEventPosition, 0],
  ];
  for (const [name, from, first] of cases) {
    await t.step(name, async () => {
      const read = await readEvents(consumer, 10 - first, { from });
      assert.deepEqual(read.map(({ body }) => body), numbered(10).slice(first).map(({ body }) => body));
    });
  }
});

Deno.test("positions at the end wait for what comes next", async (t) => {
  const cases: readonly [string, (last: PartitionProperties) => EventPosition][] = [
    ["the last offset", (last) => ({ offset: last.lastEnqueuedOffset })],
    ["the last sequence number", (last) => ({ sequenceNumber: last.lastEnqueuedSequenceNumber })],
    [
      "the next one, inclusive",
      (last) => ({ sequenceNumber: last.lastEnqueuedSequenceNumber + 1, isInclusive: true }),
    ],
    ["the last time", (last) => ({ enqueuedOn: last.lastEnqueuedOnUtc })],
  ];
  for (const [name, position] of cases) {
    await t.step(name, async () => {
      let clock = Date.UTC(2026, 0, 1);
      await using emulator = await startEmulator({ ...ONE_PARTITION, now: () => clock++ });
      await using producer = producerOf(emulator);
      await using consumer = consumerOf(emulator);
      await producer.sendBatch(numbered(3));
      const from = position(await producer.getPartitionProperties("0"));
      const reading = readEvents(consumer, 1, { from, partition: "0" });
      await producer.sendBatch([{ body: name }]);
      assert.deepEqual((await reading).map(({ body }) => body), [name]);
    });
  }
});

Deno.test("latest skips what was there and sees what comes after", async () => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(3));
  const opened = Promise.withResolvers<void>();
  const read = Promise.withResolvers<unknown[]>();
  // An idle call of processEvents means that the link is open.
  const subscription = consumer.subscribe("0", {
    processEvents(events) {
      if (events.length === 0) opened.resolve();
      else read.resolve(events.map(({ body }) => body));
      return Promise.resolve();
    },
    processError(error) {
      read.reject(error);
      return Promise.resolve();
    },
  }, { startPosition: latestEventPosition, maxWaitTimeInSeconds: 1, maxBatchSize: 10 });
  await opened.promise;
  await producer.sendBatch(numbered(2, 50));
  assert.deepEqual(await read.promise, [50, 51]);
  await subscription.close();
});

Deno.test("a position beyond the end is refused, not skipped", async (t) => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  await producer.sendBatch(numbered(3));
  for (const from of [{ offset: "99999" }, { sequenceNumber: 3 }, { sequenceNumber: 4, isInclusive: true }]) {
    await t.step(JSON.stringify(from), async () => {
      await using consumer = consumerOf(emulator);
      const error = await refusalOf(consumer, { from, partition: "0" });
      assert.equal((error as { code?: string }).code, "ArgumentError");
      assert.match(error.message, /beyond the end/);
    });
  }
});

Deno.test("what isn't there is refused by name", async (t) => {
  await using emulator = await startEmulator({
    hubs: [{ name: "prices", partitions: 2, consumerGroups: ["Charts"] }, {
      name: "open",
      consumerGroups: "*",
    }],
  });
  const cases: readonly [string, { hub: string; group: string }, string, string, RegExp][] = [
    [
      "hub",
      { hub: "nothing", group: "$Default" },
      "0",
      "MessagingEntityNotFoundError",
      /'nothing' could not be found/,
    ],
    [
      "group",
      { hub: "prices", group: "other" },
      "0",
      "MessagingEntityNotFoundError",
      /ConsumerGroups\/other'/,
    ],
    ["partition", { hub: "prices", group: "$default" }, "7", "ArgumentOutOfRangeError", /partition '7'/],
  ];
  for (const [name, where, partition, code, message] of cases) {
    await t.step(name, async () => {
      await using consumer = consumerOf(emulator, where);
      const error = await refusalOf(consumer, { from: earliestEventPosition, partition });
      assert.equal((error as { code?: string }).code, code);
      assert.match(error.message, message);
    });
  }
  await t.step("configured groups, and any where '*' says so", async () => {
    await using producer = producerOf(emulator, "open");
    await producer.sendBatch(numbered(1));
    await using consumer = consumerOf(emulator, { hub: "open", group: "whatever" });
    assert.equal((await readEvents(consumer, 1, { from: earliestEventPosition })).length, 1);
    await using prices = producerOf(emulator);
    await prices.sendBatch(numbered(1));
    await using charts = consumerOf(emulator, { group: "charts" });
    assert.equal((await readEvents(charts, 1, { from: earliestEventPosition })).length, 1);
  });
});

Deno.test("many events flow on under small and large prefetch, in order", async (t) => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  for (let first = 0; first < 6000; first += 500) await producer.sendBatch(numbered(500, first));
  for (const prefetchCount of [1, 100, 5000]) {
    await t.step(`prefetch ${prefetchCount}`, async () => {
      await using consumer = consumerOf(emulator);
      const read = await readEvents(consumer, 6000, {
        from: earliestEventPosition,
        maxBatchSize: 300,
        prefetchCount,
      });
      assert.deepEqual(read.map(({ body }) => body), numbered(6000).map(({ body }) => body));
    });
  }
});

Deno.test("runtime metrics tell the partition's end with every event", async () => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(4));
  const end = await producer.getPartitionProperties("0");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const subscription = consumer.subscribe("0", {
    processEvents(_events, { lastEnqueuedEventProperties: told }) {
      if (told) resolve([told.sequenceNumber, told.offset, told.enqueuedOn]);
      return Promise.resolve();
    },
    processError: () => Promise.resolve(),
  }, { startPosition: earliestEventPosition, trackLastEnqueuedEventProperties: true });
  assert.deepEqual(await promise, [3, end.lastEnqueuedOffset, end.lastEnqueuedOnUtc]);
  await subscription.close();
});
