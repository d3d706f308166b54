import { earliestEventPosition, EventHubConsumerClient, EventHubProducerClient } from "@azure/event-hubs";

const BODY = {
  id: "bench|BTC-USD|123456789",
  source: "bench",
  symbol: "BTC-USD",
  price: 28123.45,
  size: 0.0123,
  side: "buy",
  time: "2026-01-01T00:00:00.000Z",
};
/** Batches that the producer has under way at once. */
const UNDER_WAY = 16;

/** Sends through the unmodified SDK. @returns events a second */
export async function measureSdkIn(connectionString: string, size: number, batches: number): Promise<number> {
  const producer = new EventHubProducerClient(connectionString);
  await producer.getPartitionIds();
  const events = Array.from({ length: size }, () => ({ body: BODY }));
  let left = batches;
  const start = performance.now();
  await Promise.all(Array.from({ length: UNDER_WAY }, async () => {
    while (left-- > 0) await producer.sendBatch(events, { partitionId: "1" });
  }));
  const seconds = (performance.now() - start) / 1000;
  await producer.close();
  return batches * size / seconds;
}

/** Reads `count` events of one partition through the unmodified SDK. @returns events a second */
export async function measureSdkOut(
  connectionString: string,
  count: number,
  maxBatchSize: number,
): Promise<number> {
  const consumer = new EventHubConsumerClient("$Default", connectionString);
  const done = Promise.withResolvers<void>();
  let received = 0;
  const start = performance.now();
  const subscription = consumer.subscribe("1", {
    processEvents(events) {
      received += events.length;
      if (received >= count) done.resolve();
      return Promise.resolve();
    },
    processError: (error) => Promise.resolve(done.reject(error)),
  }, { startPosition: earliestEventPosition, maxBatchSize, prefetchCount: 3000, maxWaitTimeInSeconds: 5 });
  await done.promise;
  const seconds = (performance.now() - start) / 1000;
  await subscription.close();
  await consumer.close();
  return count / seconds;
}
