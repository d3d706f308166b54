import { createHash } from "node:crypto";
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventHubProperties,
  type TokenCredential,
} from "@azure/event-hubs";
import { blobCheckpoints, type ContainerClientLike } from "./checkpoints.ts";
import { boundCredit } from "./credit.ts";
import { explain, type HubPlace, isFatal } from "./explain.ts";
import type { Hub, Log, OutgoingEvent } from "./hub.ts";
import { closeWithin } from "./pause.ts";
import { readPartitions } from "./read_partitions.ts";
import { receiveRounds } from "./receive_rounds.ts";
import { forgiveDecoding } from "./undecodable.ts";
import type { WatchTimes } from "./watch.ts";

/** Where the hub is, and how to get in. */
export type EventHubsAddress =
  | { readonly connectionString: string; readonly hub: string }
  /** `namespace` is the host: `example.servicebus.windows.net`. */
  | { readonly namespace: string; readonly hub: string; readonly credential: TokenCredential };

/** What the adapter works with. */
export interface EventHubsOptions {
  readonly address: EventHubsAddress;
  readonly consumerGroup: string;
  /** Where checkpoints are kept; `null` for a hub that only sends. */
  readonly checkpoints: ContainerClientLike | null;
  readonly log: Log;
  /** Looks every 10 s by default, and lets a partition stand still for 30 s. */
  readonly watch?: WatchTimes;
}

// The SDK's own defaults wait 30 s between attempts, and 60 s for an answer that a dropped connection never sends.
const clientOptions = {
  retryOptions: { maxRetries: 3, retryDelayInMs: 250, timeoutInMs: 10_000 },
};

// Another receiver's partitions are free this long after its last sign of life. The SDK's 60 s keep a restarted
// receiver idle for a minute after a kill.
const loadBalancingOptions = {
  strategy: "greedy" as const,
  updateIntervalInMs: 5_000,
  partitionOwnershipExpirationIntervalInMs: 20_000,
};

const closeMs = 3_000;

/** How many events of a partition the hub may send before we asked for them. */
const creditAhead = 1_000;

/**
 * Azure Event Hubs, or the emulator. Asks the hub for its properties before it returns.
 *
 * @throws {Error} when the hub can't be reached, refuses us, or isn't there: says which, and what to do.
 */
export async function eventHubs(
  { address, consumerGroup, checkpoints, log, watch = { everyMs: 10_000, stallMs: 30_000 } }:
    EventHubsOptions,
): Promise<Hub> {
  const producer = producerOf(address);
  const host = producer.fullyQualifiedNamespace;
  const place = { host, hub: address.hub, consumerGroup };
  const properties = await ask(producer, place).catch(async (error) => {
    await producer.close().catch(() => {});
    throw error;
  });
  let known: EventHubProperties | null = properties;

  /** A connection, and the life that the hub has now: asked for anew from the second round on. */
  const openRound = async (container: ContainerClientLike) => {
    const life = known ?? await askAnew(address, place);
    known = null;
    const generation = generationOf(host, life);
    const store = blobCheckpoints(container, generation);
    const options = { ...clientOptions, loadBalancingOptions };
    const consumer = "connectionString" in address
      ? new EventHubConsumerClient(consumerGroup, address.connectionString, address.hub, store, options)
      : new EventHubConsumerClient(consumerGroup, host, address.hub, address.credential, store, options);
    boundCredit(consumer, creditAhead);
    forgiveDecoding(consumer);
    return { consumer, store, generation, createdMs: life.createdOn.getTime() };
  };

  return {
    send: (events, signal) =>
      sendEvents(producer, events, signal).catch((error) => {
        throw signal.aborted ? error : sendFailure(error, place);
      }),
    async receive(handle, options, signal) {
      if (checkpoints === null) throw new Error("Cannot receive: no container was given for the checkpoints");
      const given = { consumerGroup, handle, options, watch, log };
      await receiveRounds(() => openRound(checkpoints), given, signal);
    },
    async partitions() {
      const life = await ask(producer, place);
      const generation = generationOf(host, life);
      const store = checkpoints === null ? null : blobCheckpoints(checkpoints, generation);
      return await readPartitions({ producer, life, store, consumerGroup, generation });
    },
    async [Symbol.asyncDispose]() {
      await closeWithin(producer, closeMs, log);
    },
  };
}

function producerOf(address: EventHubsAddress): EventHubProducerClient {
  return "connectionString" in address
    ? new EventHubProducerClient(address.connectionString, address.hub, clientOptions)
    : new EventHubProducerClient(address.namespace, address.hub, address.credential, clientOptions);
}

async function ask(producer: EventHubProducerClient, place: HubPlace): Promise<EventHubProperties> {
  try {
    return await producer.getEventHubProperties();
  } catch (error) {
    throw explain(error, place);
  }
}

/** Over a connection of its own: the others may be dead without knowing it. */
async function askAnew(address: EventHubsAddress, place: HubPlace): Promise<EventHubProperties> {
  const producer = producerOf(address);
  try {
    return await ask(producer, place);
  } finally {
    await closeWithin(producer, closeMs, () => {});
  }
}

/** Which life of the hub this is: it changes when a hub is deleted and made anew under the same name. */
function generationOf(host: string, { name, createdOn }: EventHubProperties): string {
  const life = `${host.toLowerCase()}/${name.toLowerCase()}@${createdOn.toISOString()}`;
  return createHash("sha256").update(life).digest("hex").slice(0, 12);
}

async function sendEvents(
  producer: EventHubProducerClient,
  events: readonly OutgoingEvent[],
  abortSignal: AbortSignal,
): Promise<void> {
  for (const [partitionKey, group] of Map.groupBy(events, (event) => event.partitionKey)) {
    let batch = await producer.createBatch({ partitionKey, abortSignal });
    for (const { body } of group) {
      const event = { body, contentType: "application/json" };
      if (batch.tryAdd(event)) continue;
      if (batch.count > 0) await producer.sendBatch(batch, { abortSignal });
      batch = await producer.createBatch({ partitionKey, abortSignal });
      if (!batch.tryAdd(event)) {
        throw new RangeError(
          `Cannot send event: ${body.length} bytes, the hub takes ${batch.maxSizeInBytes} at most`,
        );
      }
    }
    if (batch.count > 0) await producer.sendBatch(batch, { abortSignal });
  }
}

/** The SDK has asked some times by now, for less than a second where the hub was not there at all. */
function sendFailure(error: unknown, place: HubPlace): Error {
  if (error instanceof RangeError) return error;
  const { retryable = true } = error as { readonly retryable?: boolean };
  return Object.assign(explain(error, place), { retryable: retryable && !isFatal(error) });
}
