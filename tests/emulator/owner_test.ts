import assert from "node:assert/strict";
import { earliestEventPosition, type EventHubConsumerClient } from "@azure/event-hubs";
import rhea from "rhea";
import { startEmulator } from "#emulator/emulator.ts";
import { consumerOf, numbered, producerOf, refusalOf } from "#tests/emulator/clients.ts";

const ONE_PARTITION = { hubs: [{ name: "prices", partitions: 1 }] };

/** A reader that is known to be in: it has had an event. `ended` is the error that ends it. */
async function reader(consumer: EventHubConsumerClient, ownerLevel?: number) {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Error & { code?: string }>();
  const subscription = consumer.subscribe("0", {
    processEvents(events) {
      if (events.length > 0) opened.resolve();
      return Promise.resolve();
    },
    processError(error) {
      opened.reject(error);
      ended.resolve(error);
      return Promise.resolve();
    },
  }, { startPosition: earliestEventPosition, ...(ownerLevel === undefined ? {} : { ownerLevel }) });
  await opened.promise;
  return { ended: ended.promise, [Symbol.asyncDispose]: () => subscription.close() };
}

Deno.test("an equal or higher owner level takes the partition and ends the reader before", async (t) => {
  for (const [before, after] of [[undefined, 1], [1, 1], [1, 2]] as const) {
    await t.step(`${after} after ${before ?? "none"}`, async () => {
      await using emulator = await startEmulator(ONE_PARTITION);
      await using producer = producerOf(emulator);
      await producer.sendBatch(numbered(1));
      await using one = consumerOf(emulator);
      await using other = consumerOf(emulator);
      await using first = await reader(one, before);
      await using _second = await reader(other, after);
      assert.equal((await first.ended).code, "ReceiverDisconnectedError");
    });
  }
});

/** On the wire, since the SDK's own client would at once take back what it lost. */
Deno.test("whoever took the partition from another loses it to the next one", async () => {
  await using emulator = await startEmulator(ONE_PARTITION);
  const connection = rhea.create_container().connect({
    host: "127.0.0.1",
    port: emulator.port,
    reconnect: false,
  });
  connection.on("receiver_error", () => {});
  const take = async (name: string) => {
    const source = "prices/ConsumerGroups/$Default/Partitions/0";
    const receiver = connection.open_receiver({ name, source, properties: { "com.microsoft:epoch": 0 } });
    await new Promise((resolve) => receiver.once("receiver_open", resolve));
    // What the hub said before it answered this has arrived, too.
    const after = connection.open_sender({ name: `after ${name}`, target: "prices" });
    await new Promise((resolve) => after.once("sender_open", resolve));
    return receiver;
  };
  try {
    let before = await take("first");
    for (const name of ["second", "third", "fourth"]) {
      const next = await take(name);
      assert.match(String((before.error as { condition?: string } | undefined)?.condition), /stolen/, name);
      assert.equal(next.is_open(), true);
      before = next;
    }
  } finally {
    const closed = new Promise((resolve) => connection.once("connection_close", resolve));
    connection.close();
    await closed;
  }
});

Deno.test("a lower owner level, or none, is refused while a higher one reads", async (t) => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  await producer.sendBatch(numbered(1));
  await using owner = consumerOf(emulator);
  await using _reading = await reader(owner, 2);
  for (const ownerLevel of [1, undefined]) {
    await t.step(`owner level ${ownerLevel}`, async () => {
      await using other = consumerOf(emulator);
      const level = ownerLevel === undefined ? {} : { ownerLevel };
      const error = await refusalOf(other, { from: earliestEventPosition, partition: "0", ...level });
      assert.equal((error as { code?: string }).code, "ReceiverDisconnectedError");
    });
  }
});

Deno.test("a partition takes five readers of a group without an owner level, and no sixth", async () => {
  await using emulator = await startEmulator(ONE_PARTITION);
  await using producer = producerOf(emulator);
  await producer.sendBatch(numbered(1));
  await using closers = new AsyncDisposableStack();
  for (let count = 0; count < 5; count++) {
    closers.use(await reader(closers.use(consumerOf(emulator))));
  }
  await using sixth = consumerOf(emulator);
  const error = await refusalOf(sixth, { from: earliestEventPosition, partition: "0" });
  assert.equal((error as { code?: string }).code, "QuotaExceededError");
});
