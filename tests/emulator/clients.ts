import {
  type EventData,
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  type ReceivedEventData,
  type RetryOptions,
  type SubscribeOptions,
} from "@azure/event-hubs";
import type { Emulator } from "#emulator/emulator.ts";

/** No second tries: a test that needs one should fail. */
export const NO_RETRY = { retryOptions: { maxRetries: 0, retryDelayInMs: 50, timeoutInMs: 10_000 } };

/** A client that `await using` closes. */
export type Closing<Client> = Client & AsyncDisposable;

export function closing<Client extends { close(): Promise<void> }>(client: Client): Closing<Client> {
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** The unmodified SDK's producer, on one hub of an emulator. */
export function producerOf(
  emulator: Emulator,
  hub = "prices",
  retryOptions: RetryOptions = {},
): Closing<EventHubProducerClient> {
  const options = { retryOptions: { ...NO_RETRY.retryOptions, ...retryOptions } };
  return closing(new EventHubProducerClient(emulator.connectionString(hub), options));
}

/** The unmodified SDK's consumer, on one hub of an emulator. */
export function consumerOf(
  emulator: Emulator,
  { hub = "prices", group = "$Default" } = {},
): Closing<EventHubConsumerClient> {
  return closing(new EventHubConsumerClient(group, emulator.connectionString(hub), NO_RETRY));
}

/** An event with the partition it came from. */
export type Read = ReceivedEventData & { readonly partition: string };

/** How {@linkcode readEvents} subscribes. */
export interface ReadOptions extends Omit<SubscribeOptions, "startPosition"> {
  readonly from: EventPosition;
  /** One partition; all of them when left out. */
  readonly partition?: string;
}

/** Subscribes until `count` events have come, or the subscription fails. */
export async function readEvents(
  consumer: EventHubConsumerClient,
  count: number,
  { from, partition, ...options }: ReadOptions,
): Promise<Read[]> {
  const read: Read[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const handlers = {
    processEvents(events: ReceivedEventData[], { partitionId }: { partitionId: string }) {
      for (const event of events) read.push({ ...event, partition: partitionId });
      if (read.length >= count) resolve();
      return Promise.resolve();
    },
    processError(error: Error) {
      reject(error);
      return Promise.resolve();
    },
  };
  const settings = { maxBatchSize: 500, maxWaitTimeInSeconds: 10, ...options, startPosition: from };
  const subscription = partition === undefined
    ? consumer.subscribe(handlers, settings)
    : consumer.subscribe(partition, handlers, settings);
  try {
    await promise;
  } finally {
    await subscription.close();
  }
  return read;
}

/** The error that a subscription to one partition ends with. */
export async function refusalOf(consumer: EventHubConsumerClient, options: ReadOptions): Promise<Error> {
  try {
    await readEvents(consumer, Infinity, options);
  } catch (error) {
    return error as Error;
  }
  throw new Error("The subscription ended without an error");
}

/** `count` events whose bodies are their numbers from `first` on. */
export function numbered(count: number, first = 0): EventData[] {
  return Array.from({ length: count }, (_, index) => ({ body: first + index }));
}
