import assert from "node:assert/strict";
import {
  type CheckpointStore,
  earliestEventPosition,
  EventHubConsumerClient,
  type PartitionContext,
  type ReceivedEventData,
} from "@azure/event-hubs";
import { BlobCheckpointStore } from "@azure/eventhubs-checkpointstore-blob";
import { ContainerClient } from "@azure/storage-blob";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import { azurite } from "#pipeline/store/azurite.ts";
import { memoryCheckpoints } from "#tests/emulator/checkpoints.ts";
import { closing, NO_RETRY, numbered, producerOf } from "#tests/emulator/clients.ts";

const PARTITIONS = 6;
const OPTIONS = { hubs: [{ name: "prices", partitions: PARTITIONS }] };
const IDS = Array.from({ length: PARTITIONS }, (_, id) => String(id));

/** A consumer that shares its partitions through a checkpoint store, and what it owns at the moment. */
function member(emulator: Emulator, store: CheckpointStore, onChange: () => void, onEvents = checkpointLast) {
  /** Receivers by partition: a new one may start before the SDK has told that the one before has ended. */
  const receivers = new Map<string, number>();
  const count = (partitionId: string, by: number) => {
    receivers.set(partitionId, (receivers.get(partitionId) ?? 0) + by);
    onChange();
    return Promise.resolve();
  };
  const client = closing(
    new EventHubConsumerClient("$Default", emulator.connectionString("prices"), store, {
      ...NO_RETRY,
      loadBalancingOptions: {
        strategy: "greedy",
        updateIntervalInMs: 300,
        // One that opens its receiver after another has taken the partition drives that one off, and the SDK then waits
        // for the ownership to run out.
        partitionOwnershipExpirationIntervalInMs: 3_000,
      },
    }),
  );
  const subscription = client.subscribe({
    processInitialize: ({ partitionId }) => count(partitionId, 1),
    processClose: (_reason, { partitionId }) => count(partitionId, -1),
    processEvents: onEvents,
    processError: () => Promise.resolve(),
  }, { startPosition: earliestEventPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1 });
  return {
    owned: () => IDS.filter((id) => (receivers.get(id) ?? 0) > 0),
    async [Symbol.asyncDispose]() {
      await subscription.close();
      await client[Symbol.asyncDispose]();
    },
  };
}

async function checkpointLast(events: ReceivedEventData[], context: PartitionContext): Promise<void> {
  const last = events.at(-1);
  if (last !== undefined) await context.updateCheckpoint(last);
}

/** Resolves as soon as a condition holds, looked at whenever `changed` is called. */
function untilHolds(condition: () => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, changed: () => condition() && resolve() };
}

/** Starts `count` consumers, and waits until each owns as many partitions as the others, and no two the same. */
async function assertEven(count: number, store: CheckpointStore): Promise<void> {
  await using emulator = await startEmulator(OPTIONS);
  const members: ReturnType<typeof member>[] = [];
  const even = untilHolds(() =>
    members.length === count && members.every(({ owned }) => owned().length === PARTITIONS / count) &&
    new Set(members.flatMap(({ owned }) => owned())).size === PARTITIONS
  );
  await using closers = new AsyncDisposableStack();
  for (let index = 0; index < count; index++) {
    members.push(closers.use(member(emulator, store, even.changed)));
  }
  await even.promise;
}

for (const count of [2, 3]) {
  Deno.test(`${count} consumers come to share ${PARTITIONS} partitions evenly, each with one owner`, async () => {
    await assertEven(count, memoryCheckpoints());
  });
}

Deno.test("a consumer that resumes from checkpoints gets each event once", async () => {
  await assertResumes(memoryCheckpoints());
});

Deno.test("a consumer resumes through the SDK's own checkpoint store on blobs", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using storage = await azurite({ port: 0, folder });
    const container = new ContainerClient(storage.connectionString, "checkpoints");
    await container.create();
    await assertResumes(new BlobCheckpointStore(container));
  }
  await Deno.remove(folder, { recursive: true });
});

/** Sends and reads three times over, each time by a new consumer that has only the checkpoints of the one before. */
async function assertResumes(store: CheckpointStore): Promise<void> {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  const seen: number[] = [];
  for (const round of [0, 1, 2]) {
    for (const partitionId of IDS) {
      await producer.sendBatch(numbered(10, round * 1000 + Number(partitionId) * 10), { partitionId });
    }
    const all = untilHolds(() => seen.length >= (round + 1) * 10 * PARTITIONS);
    await using _member = member(emulator, store, () => {}, async (events, context) => {
      seen.push(...events.map(({ body }) => body as number));
      await checkpointLast(events, context);
      all.changed();
    });
    await all.promise;
  }
  const expected = [0, 1, 2].flatMap((round) =>
    Array.from({ length: 60 }, (_, number) => round * 1000 + number)
  );
  assert.deepEqual(seen.toSorted((a, b) => a - b), expected);
}
