import type { Hub, HubEvent, Log, OutgoingEvent } from "./hub.ts";
import { partitionIntake } from "./intake.ts";

/** What an in-memory hub is made with. */
export interface MemoryHubOptions {
  readonly partitions?: number;
  readonly generation?: string;
  /** The hub's clock, milliseconds since the epoch. */
  readonly now?: () => number;
  readonly log?: Log;
}

/**
 * A hub in this process, for tests: same promises, no network. It forgets everything when it is dropped; its
 * checkpoints last as long as the hub.
 */
export function memoryHub(options: MemoryHubOptions = {}): Hub {
  const { partitions = 4, generation = "memory", now = Date.now, log = () => {} } = options;
  const logs: HubEvent[][] = Array.from({ length: partitions }, () => []);
  const checkpoints: number[] = logs.map(() => -1);
  let arrival = Promise.withResolvers<void>();

  return {
    send(events: readonly OutgoingEvent[], signal: AbortSignal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      for (const { partitionKey, body } of events) {
        const partition = logs[hash(partitionKey) % partitions]!;
        const sequenceNumber = partition.length;
        const enqueuedAt = new Date(now()).toISOString();
        partition.push({ body, sequenceNumber, offset: String(sequenceNumber), enqueuedAt });
      }
      arrival.resolve();
      arrival = Promise.withResolvers<void>();
      return Promise.resolve();
    },

    async receive(handle, { limits, once }, signal) {
      const ends = logs.map((events) => events.length);
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.all(logs.map(async (events, partition) => {
        const checkpoint = (last: HubEvent) => {
          checkpoints[partition] = last.sequenceNumber;
          return Promise.resolve();
        };
        const intake = partitionIntake({ partition, generation, limits, handle, checkpoint, signal, log });
        let next = checkpoints[partition]! + 1;
        while (!signal.aborted && !(once && next >= ends[partition]!)) {
          const more = arrival.promise;
          if (next === events.length) await Promise.race([more, stopped]);
          const taken = events.slice(next, next + limits.events);
          next += taken.length;
          await intake.add(taken);
        }
        await intake.flush();
      }));
    },

    partitions() {
      return Promise.resolve(logs.map((events, partition) => ({
        partition,
        generation,
        first: 0,
        last: events.length - 1,
        checkpoint: checkpoints[partition]!,
        owner: null,
      })));
    },

    async [Symbol.asyncDispose]() {},
  };
}

/** FNV-1a; any spread serves, since callers rely only on equal keys meeting. */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
