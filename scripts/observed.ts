import type { Hub } from "#pipeline/hub/hub.ts";
import type { Store } from "#pipeline/store/store.ts";
import type { Metrics } from "./metrics.ts";
import { traced } from "./traced.ts";

/** Who is told of what passes through a hub or a store. */
export interface Observer {
  readonly metrics: Metrics;
  /** Told after each call whether it went well. */
  readonly works: (name: "hub" | "store", does: boolean) => void;
  /** The hubs that are being received from. */
  readonly receiving: Set<Hub>;
}

/** The same hub; what passes through it is counted, timed and traced. */
export function observeHub(hub: Hub, { metrics, works, receiving }: Observer): Hub {
  works("hub", true);
  return {
    async send(events, signal) {
      const bytes = events.reduce((sum, { body }) => sum + body.length, 0);
      const start = performance.now();
      const send = () => traced("send", { events: events.length, bytes }, () => hub.send(events, signal));
      await told(send, (does) => works("hub", does));
      metrics.observe("ticklake_send_seconds", secondsSince(start));
      metrics.count("ticklake_ticks_sent_total", events.length);
      metrics.count("ticklake_sent_bytes_total", bytes);
      metrics.count("ticklake_sent_batches_total");
    },
    async receive(handle, options, signal) {
      receiving.add(hub);
      try {
        await hub.receive(
          async (batch, signal) => {
            const { partition, first, last, events } = batch;
            const start = performance.now();
            await traced("flush", { partition, first, last }, () => handle(batch, signal));
            metrics.observe("ticklake_flush_seconds", secondsSince(start));
            metrics.count("ticklake_events_received_total", events.length);
            metrics.count("ticklake_received_batches_total");
            const lagMs = Date.now() - Date.parse(events.at(-1)!.enqueuedAt);
            metrics.set("ticklake_lag_seconds", lagMs / 1_000, { partition: String(partition) });
          },
          options,
          signal,
        );
      } finally {
        receiving.delete(hub);
      }
    },
    partitions: () => hub.partitions(),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** The same store; what is put there is counted, timed and traced. */
export function observeStore(store: Store, { metrics, works }: Omit<Observer, "receiving">): Store {
  works("store", true);
  return {
    async put(name, bytes, metadata) {
      const start = performance.now();
      const put = () => traced("put", { name, bytes: bytes.length }, () => store.put(name, bytes, metadata));
      const outcome = await told(put, (does) => works("store", does));
      metrics.observe("ticklake_put_seconds", secondsSince(start));
      // What was there already was counted by whoever put it there.
      if (outcome === "exists") return outcome;
      const lines = Number(metadata.lines ?? 0);
      if (name.startsWith("ticks/")) metrics.count("ticklake_ticks_stored_total", lines);
      if (name.startsWith("rejects/")) metrics.count("ticklake_rejects_stored_total", lines);
      metrics.count("ticklake_blobs_total");
      metrics.count("ticklake_blob_bytes_total", bytes.length);
      return outcome;
    },
    list: (prefix) => store.list(prefix),
    get: (name) => store.get(name),
  };
}

async function told<T>(work: () => Promise<T>, works: (does: boolean) => void): Promise<T> {
  try {
    const result = await work();
    works(true);
    return result;
  } catch (error) {
    works(false);
    throw error;
  }
}

const secondsSince = (startMs: number) => (performance.now() - startMs) / 1_000;
