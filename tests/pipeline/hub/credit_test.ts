import assert from "node:assert/strict";
import { EventHubConsumerClient } from "@azure/event-hubs";
import { startEmulator } from "#emulator/emulator.ts";
import { boundCredit } from "#pipeline/hub/credit.ts";
import { numbered, producerOf } from "#tests/emulator/clients.ts";

/** How many events a consumer has in memory, whose handler took one after a trickle and then never came back. */
async function heldBack(most: number | null): Promise<number> {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 1 }] });
  await using producer = producerOf(emulator);
  const consumer = new EventHubConsumerClient("$Default", emulator.connectionString("prices"));
  if (most !== null) boundCredit(consumer, most);
  const trickled = Promise.withResolvers<void>();
  const blocked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let calls = 0;
  let rest = 0;
  consumer.subscribe("0", {
    async processEvents(events) {
      if (events.length === 0) return;
      if (++calls <= 5) return trickled.resolve();
      if (calls > 6) return void (rest += events.length);
      blocked.resolve();
      await released.promise;
    },
    processError: () => Promise.resolve(),
  }, { startPosition: { offset: "-1" }, maxBatchSize: 10_000, prefetchCount: 100, maxWaitTimeInSeconds: 1 });
  for (let sent = 0; calls < 6; sent++) await producer.sendBatch(numbered(1, sent), { partitionId: "0" });
  await blocked.promise;
  // All that the hub may send is on its way before the answer to this comes on the same connection.
  for (let sent = 0; sent < 30; sent++) await producer.sendBatch(numbered(100), { partitionId: "0" });
  const insides = consumer as unknown as { _context: { receivers: Record<string, { checkpoint: number }> } };
  const [receiver] = Object.values(insides._context.receivers);
  let before = -1;
  while (receiver!.checkpoint !== before) {
    before = receiver!.checkpoint;
    await consumer.getPartitionProperties("0");
  }
  const taken = (await producer.getPartitionProperties("0")).lastEnqueuedSequenceNumber -
    receiver!.checkpoint;
  released.resolve();
  await consumer.close();
  return 3_000 - taken;
}

Deno.test("boundCredit() keeps what the hub sends ahead within bounds, which the SDK alone doesn't", async () => {
  const alone = await heldBack(null);
  const bounded = await heldBack(100);
  assert(bounded <= 110, `${bounded} events`);
  assert(alone > 110, `${alone} events: the SDK bounds its credit by itself now, so boundCredit() can go`);
});
