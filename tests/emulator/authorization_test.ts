import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { earliestEventPosition, EventHubConsumerClient, EventHubProducerClient } from "@azure/event-hubs";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import {
  closing,
  consumerOf,
  NO_RETRY,
  numbered,
  producerOf,
  readEvents,
  refusalOf,
} from "#tests/emulator/clients.ts";

const OPTIONS = { hubs: [{ name: "prices", partitions: 1 }, { name: "other" }], key: "right key" };
const FROM_START = { from: earliestEventPosition, partition: "0" };

/** A connection string with a signature made here, not by the SDK. */
function signed(
  { port }: Emulator,
  { path = "", expires = Date.now() / 1000 + 600, key = OPTIONS.key } = {},
): string {
  const resource = encodeURIComponent(`sb://127.0.0.1/${path}`);
  const expiry = Math.ceil(expires);
  const signature = createHmac("sha256", key).update(`${resource}\n${expiry}`).digest("base64");
  const token = `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}` +
    "&skn=RootManageSharedAccessKey";
  return `Endpoint=sb://127.0.0.1:${port};SharedAccessSignature=${token};EntityPath=prices;UseDevelopmentEmulator=true`;
}

const isUnauthorized = (error: Error & { code?: string }) => error.code === "UnauthorizedError";

Deno.test("with a key, clients that have it may do everything", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch(numbered(3));
  assert.equal((await producer.getPartitionProperties("0")).lastEnqueuedSequenceNumber, 2);
  assert.equal((await readEvents(consumer, 3, FROM_START)).length, 3);
});

Deno.test("with a key, a wrong one can't send, receive or ask", async (t) => {
  await using emulator = await startEmulator(OPTIONS);
  const wrong = emulator.connectionString("prices").replace("right key", "wrong key");
  await t.step("send", async () => {
    await using producer = closing(new EventHubProducerClient(wrong, NO_RETRY));
    await assert.rejects(producer.sendBatch(numbered(1)), isUnauthorized);
  });
  await t.step("receive", async () => {
    await using consumer = closing(new EventHubConsumerClient("$Default", wrong, NO_RETRY));
    assert.ok(isUnauthorized(await refusalOf(consumer, FROM_START)));
  });
  await t.step("ask", async () => {
    await using producer = closing(new EventHubProducerClient(wrong, NO_RETRY));
    await assert.rejects(producer.getPartitionIds(), isUnauthorized);
  });
});

Deno.test("a signature counts for its own path, until it expires", async (t) => {
  await using emulator = await startEmulator(OPTIONS);
  const cases: readonly [string, string, boolean][] = [
    ["the namespace", signed(emulator), true],
    ["the hub", signed(emulator, { path: "prices" }), true],
    ["another hub", signed(emulator, { path: "other" }), false],
    ["a hub whose name only begins alike", signed(emulator, { path: "price" }), false],
    ["expired", signed(emulator, { expires: Date.now() / 1000 - 5 }), false],
    ["by another key", signed(emulator, { key: "wrong" }), false],
  ];
  for (const [name, connectionString, allowed] of cases) {
    await t.step(name, async () => {
      await using producer = closing(new EventHubProducerClient(connectionString, NO_RETRY));
      if (allowed) await producer.sendBatch(numbered(1));
      else await assert.rejects(producer.sendBatch(numbered(1)), isUnauthorized);
    });
  }
});

Deno.test("a link ends when its token runs out unrenewed", async () => {
  await using emulator = await startEmulator(OPTIONS);
  const brief = signed(emulator, { expires: Date.now() / 1000 + 1 });
  await using consumer = closing(new EventHubConsumerClient("$Default", brief, NO_RETRY));
  assert.ok(isUnauthorized(await refusalOf(consumer, FROM_START)));
});
