import { Buffer } from "node:buffer";
import type {
  CheckpointStore,
  EventHubConsumerClient,
  ReceivedEventData,
  SubscriptionEventHandlers,
} from "@azure/event-hubs";
import { explain, isFatal } from "./explain.ts";
import type { HandleBatch, HubEvent, Log, ReceiveOptions } from "./hub.ts";
import { type Intake, partitionIntake } from "./intake.ts";

/** What receiving works with. */
export interface PartitionsOptions {
  /** Closed when receiving ends. */
  readonly consumer: EventHubConsumerClient;
  readonly store: CheckpointStore;
  readonly consumerGroup: string;
  readonly generation: string;
  readonly handle: HandleBatch;
  readonly options: ReceiveOptions;
  readonly log: Log;
}

const pollMs = 2_000;

/**
 * Receives until the signal: every partition that the load balancer gives us. With `once`, every partition up to the
 * end that it has now, whoever else may be receiving.
 */
export async function receivePartitions(given: PartitionsOptions, signal: AbortSignal): Promise<void> {
  const { consumer, store, consumerGroup, generation, handle, options, log } = given;
  const { fullyQualifiedNamespace, eventHubName } = consumer;
  const intakes = new Map<string, Intake>();
  const checkpointed = new Map<string, number>();
  const over = Promise.withResolvers<void>();
  const stop = () => over.resolve();
  signal.addEventListener("abort", stop, { once: true });

  /** Partitions that `once` still waits for, with the sequence number to reach. */
  const ends = new Map<string, number>();
  const reached = (partitionId: string, sequenceNumber: number) => {
    if (sequenceNumber < (ends.get(partitionId) ?? Infinity)) return;
    ends.delete(partitionId);
    if (ends.size === 0) over.resolve();
  };

  const openIntake = (partitionId: string) =>
    partitionIntake({
      partition: Number(partitionId),
      generation,
      limits: options.limits,
      handle,
      signal,
      log,
      async checkpoint({ sequenceNumber, offset }) {
        reached(partitionId, sequenceNumber);
        // A partition that was lost and won again must not move back to where its first intake ends.
        if (sequenceNumber <= (checkpointed.get(partitionId) ?? -1)) return;
        checkpointed.set(partitionId, sequenceNumber);
        const place = { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId };
        await store.updateCheckpoint({ ...place, sequenceNumber, offset });
      },
    });

  const handlers: SubscriptionEventHandlers = {
    processInitialize({ partitionId }) {
      intakes.set(partitionId, openIntake(partitionId));
      log("receive.partition", { partition: partitionId, generation });
      return Promise.resolve();
    },
    async processEvents(events, { partitionId }) {
      const intake = intakes.get(partitionId);
      if (intake === undefined || events.length === 0) return;
      await intake.add(events.map(toHubEvent));
      if (events.at(-1)!.sequenceNumber >= (ends.get(partitionId) ?? Infinity)) await intake.flush();
    },
    processError(error, { partitionId }) {
      log("receive.error", { partition: partitionId, error: error.message });
      const place = { host: fullyQualifiedNamespace, hub: eventHubName, consumerGroup };
      if (isFatal(error)) over.reject(explain(error, place));
      return Promise.resolve();
    },
    async processClose(reason, { partitionId }) {
      const intake = intakes.get(partitionId);
      intakes.delete(partitionId);
      if (reason === "OwnershipLost") intake?.drop();
      else await intake?.flush();
      log("receive.partition_closed", { partition: partitionId, reason });
    },
  };
  const subscribeOptions = {
    startPosition: { offset: "-1" },
    maxBatchSize: Math.max(500, options.limits.events),
    // Long, since the SDK adds credit at each turn of an idle wait; a batch's age has a timer of its own.
    maxWaitTimeInSeconds: 60,
    prefetchCount: 1_000,
    skipParsingBodyAsJson: true,
  };

  try {
    if (options.once) {
      for (const [id, end] of await unreadEnds(consumer, store, consumerGroup)) ends.set(id, end);
      if (ends.size === 0) return;
      for (const id of ends.keys()) consumer.subscribe(id, handlers, subscribeOptions);
    } else {
      consumer.subscribe(handlers, subscribeOptions);
    }
    if (signal.aborted) stop();
    const poll = options.once ? setInterval(pollCheckpoints, pollMs) : undefined;
    await over.promise.finally(() => clearInterval(poll));
  } finally {
    signal.removeEventListener("abort", stop);
    const open = [...intakes.values()];
    await consumer.close();
    // The SDK may return before the handler in flight does; a flush waits its turn behind it.
    await Promise.all(open.map((intake) => intake.flush()));
  }

  /** Another receiver may have stored what we wait for. */
  async function pollCheckpoints(): Promise<void> {
    try {
      const all = await store.listCheckpoints(fullyQualifiedNamespace, eventHubName, consumerGroup);
      for (const { partitionId, sequenceNumber } of all) reached(partitionId, sequenceNumber);
    } catch (error) {
      log("checkpoint.failed", { error: String(error) });
    }
  }
}

/** The last sequence number of each partition that has events beyond its checkpoint. */
async function unreadEnds(
  consumer: EventHubConsumerClient,
  store: CheckpointStore,
  consumerGroup: string,
): Promise<Map<string, number>> {
  const { fullyQualifiedNamespace, eventHubName } = consumer;
  const checkpoints = await store.listCheckpoints(fullyQualifiedNamespace, eventHubName, consumerGroup);
  const stored = new Map(checkpoints.map((one) => [one.partitionId, one.sequenceNumber]));
  const ends = new Map<string, number>();
  for (const id of await consumer.getPartitionIds()) {
    const { isEmpty, lastEnqueuedSequenceNumber: end } = await consumer.getPartitionProperties(id);
    if (!isEmpty && end > (stored.get(id) ?? -1)) ends.set(id, end);
  }
  return ends;
}

/** The body as bytes: other producers may have sent a string or a value, which the SDK hands over decoded. */
function toHubEvent({ body, sequenceNumber, offset, enqueuedTimeUtc }: ReceivedEventData): HubEvent {
  const bytes = body instanceof Uint8Array
    ? body
    : Buffer.from(typeof body === "string" ? body : JSON.stringify(body) ?? "");
  return { body: bytes, sequenceNumber, offset: String(offset), enqueuedAt: enqueuedTimeUtc.toISOString() };
}
