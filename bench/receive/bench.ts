/**
 * How fast events come from the emulator to stored blobs, beside a bare `subscribe` loop of the SDK that stores nothing:
 *
 *     deno run -P=test bench/receive/bench.ts [events]
 *
 * The emulator and Azurite run in a process of their own, on the same machine. Prints JSON: the median of three runs of
 * each, taken in turn.
 */
import { parseEnv } from "node:util";
import { EventHubConsumerClient } from "@azure/event-hubs";
import { eventHubs } from "#pipeline/hub/event_hubs.ts";
import type { Hub } from "#pipeline/hub/hub.ts";
import { receive } from "#pipeline/receive.ts";
import { blobStore, openContainer } from "#pipeline/store/blob.ts";
import { temporaryFolder } from "#scripts/files.ts";
import { startTask } from "#tests/tasks.ts";
import { producer } from "#tests/faults/producer.ts";

const never = new AbortController().signal;
const runs = 3;
const sizes = [50, 500];
const trickleSeconds = 25;
const trickleEvents = 20;

const events = Number(Deno.args[0] ?? 40_000);
await using folder = await temporaryFolder();
const local = startTask("local", ["--hub-port", "0", "--blob-port", "0"], { cwd: folder.path });
const printed = parseEnv(await local.printed(/Ctrl-C stops both/)) as Record<string, string>;
const connectionString = printed.EVENT_HUB_CONNECTION_STRING!;
const storage = { connectionString: printed.STORAGE_CONNECTION_STRING! };

/** The hub, whose checkpoints are in a container that is new. */
async function openHub(checkpoints: string): Promise<Hub> {
  const address = { connectionString, hub: printed.EVENT_HUB_NAME! };
  const container = await openContainer(storage, checkpoints);
  return await eventHubs({ address, consumerGroup: "$Default", checkpoints: container, log: () => {} });
}

/** Reads everything with nothing but the SDK. @returns events a second */
async function bare(batch: number): Promise<number> {
  const consumer = new EventHubConsumerClient("$Default", connectionString, printed.EVENT_HUB_NAME!);
  const all = Promise.withResolvers<void>();
  let read = 0;
  const start = performance.now();
  consumer.subscribe({
    processEvents(received) {
      read += received.length;
      if (read === events) all.resolve();
      return Promise.resolve();
    },
    processError: (error) => Promise.resolve(all.reject(error)),
  }, {
    startPosition: { offset: "-1" },
    maxBatchSize: batch,
    prefetchCount: 1_000,
    skipParsingBodyAsJson: true,
  });
  await all.promise;
  const seconds = (performance.now() - start) / 1_000;
  await consumer.close();
  return events / seconds;
}

/** Stores everything in a new container. @returns events a second */
async function stored(batch: number, container: string): Promise<number> {
  await using hub = await openHub(`${container}-checkpoints`);
  const store = blobStore(await openContainer(storage, container));
  const start = performance.now();
  const limits = { events: batch, bytes: 4_194_304, ageMs: 10_000 };
  const totals = await receive(hub, store, { limits, once: true }, never);
  if (totals.events !== events) throw new Error(`${totals.events} of ${events} events were stored`);
  return events / ((performance.now() - start) / 1_000);
}

/** How long single events take from the hub to the store with the defaults. @returns milliseconds, in their order */
async function delays(): Promise<number[]> {
  await using hub = await openHub("delay-checkpoints");
  const store = blobStore(await openContainer(storage, "delay"));
  await receive(hub, store, { limits: { events: 500, bytes: 4e6, ageMs: 10_000 }, once: true }, never);
  const found: number[] = [];
  const stop = new AbortController();
  const limits = { events: 50, bytes: 4_194_304, ageMs: 10_000 };
  const timed: Hub = {
    ...hub,
    receive: (handle, options, signal) =>
      hub.receive(
        async (batch, signal) => {
          await handle(batch, signal);
          for (const { enqueuedAt } of batch.events) found.push(Date.now() - Date.parse(enqueuedAt));
        },
        options,
        signal,
      ),
  };
  const receiving = receive(timed, store, { limits, once: false }, stop.signal);
  const source = producer();
  for (let turn = 0; turn < trickleSeconds; turn++) {
    await source.send(hub, trickleEvents);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  stop.abort();
  await receiving;
  return found.sort((a, b) => a - b);
}

const median = (rates: readonly number[]) =>
  Math.round(rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)]!);
{
  await using hub = await openHub("send-checkpoints");
  await producer().send(hub, events);
}
const rates = [];
for (const size of sizes) {
  const [bares, stores]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    bares.push(await bare(size));
    stores.push(await stored(size, `stored-${size}-${run}`));
  }
  const [loop, blobs] = [median(bares), median(stores)];
  rates.push({ batch: size, bareLoop: loop, toBlobs: blobs, ratio: Number((blobs / loop).toFixed(2)) });
}
const ms = await delays();
const at = (share: number) => ms[Math.floor((ms.length - 1) * share)];
console.log(
  JSON.stringify({ events, eventsPerSecond: rates, delayMs: { p50: at(0.5), p99: at(0.99) } }, null, 2),
);
local.kill("SIGTERM");
await local.ended;
Deno.exit();
