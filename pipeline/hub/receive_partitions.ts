import type {
  CheckpointStore,
  EventHubConsumerClient,
  ReceivedEventData,
  SubscriptionEventHandlers,
} from "@azure/event-hubs";
import { Buffer } from "node:buffer";
import { explain, isFatal } from "./explain.ts";
import type { HandleBatch, HubEvent, Log, ReceiveOptions } from "./hub.ts";
import { type Intake, partitionIntake } from "./intake.ts";
import { closeWithin, pause } from "./pause.ts";
import { lookAfter, type WatchTimes } from "./watch.ts";

/** What one round of receiving works with. */
export interface PartitionsOptions {
  /** Closed when the round ends. */
  readonly consumer: EventHubConsumerClient;
  readonly store: CheckpointStore;
  readonly consumerGroup: string;
  readonly generation: string;
  /** When the hub was made, milliseconds since the epoch. */
  readonly createdMs: number;
  readonly handle: HandleBatch;
  readonly options: ReceiveOptions;
  readonly watch: WatchTimes;
  /** Called whenever the hub has sent something, or told that it has nothing. */
  readonly onServed: () => void;
  readonly log: Log;
}

/** `done`: the signal came, or all was read. `again`: receiving has to begin anew, and the log says why. */
export type RoundEnd = "done" | "again";

const pollMs = 2_000;
const closeMs = 3_000;

const subscribeOptions = {
  startPosition: { offset: "-1" },
  maxBatchSize: 500,
  // A batch's age has a timer of its own.
  maxWaitTimeInSeconds: 60,
  prefetchCount: 1_000,
  skipParsingBodyAsJson: true,
};

/**
 * Receives until the signal: every partition that the load balancer gives us. With `once`, every partition up to the
 * end that it has now, whoever else may be receiving.
 *
 * @throws {Error} when the hub refuses us: says what to do.
 */
export async function receivePartitions(given: PartitionsOptions, signal: AbortSignal): Promise<RoundEnd> {
  const { consumer, store, consumerGroup, log } = given;
  const { fullyQualifiedNamespace, eventHubName } = consumer;
  const over = Promise.withResolvers<RoundEnd>();
  const ending = new AbortController();
  const stop = () => over.resolve("done");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();

  /** Partitions that `once` still waits for, with the sequence number to reach. */
  const ends = new Map<string, number>();
  const reached = (partitionId: string, sequenceNumber: number) => {
    if (sequenceNumber < (ends.get(partitionId) ?? Infinity)) return;
    ends.delete(partitionId);
    if (ends.size === 0) stop();
  };
  const checkpoints = async () => {
    const all = await store.listCheckpoints(fullyQualifiedNamespace, eventHubName, consumerGroup);
    return new Map(all.map((one) => [one.partitionId, one.sequenceNumber]));
  };
  const intakes = new Map<string, Intake>();
  const openIntake = intakeOpener(given, reached, signal);

  const handlers: SubscriptionEventHandlers = {
    async processInitialize({ partitionId }) {
      const position = await checkpoints().then((all) => all.get(partitionId), () => undefined);
      intakes.set(partitionId, openIntake(partitionId, position));
      log("receive.partition", { partition: partitionId, generation: given.generation });
    },
    async processEvents(events, { partitionId }) {
      given.onServed();
      const intake = intakes.get(partitionId);
      if (intake === undefined || events.length === 0) return;
      await intake.add(events.map(toHubEvent));
      if (events.at(-1)!.sequenceNumber >= (ends.get(partitionId) ?? Infinity)) await intake.flush();
    },
    processError(error, { partitionId }) {
      log("receive.error", { partition: partitionId, error: error.message });
      if (!isFatal(error)) return Promise.resolve();
      over.reject(explain(error, { host: fullyQualifiedNamespace, hub: eventHubName, consumerGroup }));
      return Promise.resolve();
    },
    async processClose(reason, { partitionId }) {
      const intake = intakes.get(partitionId);
      intakes.delete(partitionId);
      if (reason === "OwnershipLost") intake?.drop();
      else await intake?.close();
      log("receive.partition_closed", { partition: partitionId, reason });
    },
  };

  /** Another receiver may have stored what we wait for. */
  async function pollCheckpoints(): Promise<void> {
    for (; !ending.signal.aborted; await pause(pollMs, ending.signal)) {
      await checkpoints().then(
        (all) => all.forEach((sequenceNumber, partitionId) => reached(partitionId, sequenceNumber)),
        (error) => log("checkpoint.failed", { error: String(error) }),
      );
    }
  }

  const beside: Promise<void>[] = [];
  try {
    if (given.options.once) {
      for (const [id, end] of await unreadEnds(consumer, await checkpoints())) ends.set(id, end);
      if (ends.size === 0) return "done";
      for (const id of ends.keys()) consumer.subscribe(id, handlers, subscribeOptions);
      beside.push(pollCheckpoints());
    } else {
      consumer.subscribe(handlers, subscribeOptions);
    }
    beside.push(lookAfter(given, intakes, ending.signal, () => over.resolve("again")));
    return await over.promise;
  } finally {
    signal.removeEventListener("abort", stop);
    ending.abort();
    // The SDK may return before the handler in flight does, and may never return from a dead connection.
    const stored = [...intakes.values()].map((intake) => intake.close());
    const [closed] = await Promise.all([closeWithin(consumer, closeMs, log), ...stored, ...beside]);
    if (!closed) await abandon(given);
  }
}

/** Opens the intakes of a round, whose checkpoints never move back. */
function intakeOpener(
  { consumer, store, consumerGroup, generation, handle, options, log }: PartitionsOptions,
  reached: (partitionId: string, sequenceNumber: number) => void,
  signal: AbortSignal,
): (partitionId: string, position: number | undefined) => Intake {
  const { fullyQualifiedNamespace, eventHubName } = consumer;
  const checkpointed = new Map<string, number>();
  return (partitionId, position) =>
    partitionIntake({
      partition: Number(partitionId),
      generation,
      position,
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
}

/** Gives our partitions back, as the SDK does when it can close: else nobody takes them until the lease runs out. */
async function abandon({ consumer, store, consumerGroup, log }: PartitionsOptions): Promise<void> {
  const { fullyQualifiedNamespace, eventHubName, identifier } = consumer;
  try {
    const owners = await store.listOwnership(fullyQualifiedNamespace, eventHubName, consumerGroup);
    const ours = owners.filter(({ ownerId }) => ownerId === identifier);
    await store.claimOwnership(ours.map((owner) => ({ ...owner, ownerId: "" })));
  } catch (error) {
    log("receive.close_failed", { error: String(error) });
  }
}

/** The last sequence number of each partition that has events beyond its checkpoint. */
async function unreadEnds(
  consumer: EventHubConsumerClient,
  stored: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
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
