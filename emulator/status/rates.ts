import type { Status } from "./status.ts";

/** How far back a rate looks. */
const WINDOW_MS = 10_000;

/** How fast partitions grow and readers read. */
export interface Rates {
  /** Takes a look; call it about once a second. */
  sample(status: Status): void;
  /** Events a second over the last ten seconds, or undefined before there are two looks. */
  of(key: string): number | undefined;
}

/** @param now milliseconds of a clock that never goes back */
export function rates(now: () => number): Rates {
  const counts = new Map<string, { readonly timeMs: number; readonly count: number }[]>();

  function note(key: string, count: number): void {
    const timeMs = now();
    const kept = (counts.get(key) ?? []).filter((sample) => timeMs - sample.timeMs <= WINDOW_MS);
    counts.set(key, [...kept, { timeMs, count }]);
  }

  return {
    sample({ hubs }) {
      const seen = new Set<string>();
      const see = (key: string, count: number) => {
        seen.add(key);
        note(key, count);
      };
      for (const hub of hubs) {
        for (const partition of hub.partitions) {
          see(partitionKey(hub.name, partition.id), partition.nextSequenceNumber);
          for (const { group, name, position } of partition.readers) {
            see(readerKey(hub.name, partition.id, group, name), position);
          }
        }
      }
      for (const key of counts.keys()) if (!seen.has(key)) counts.delete(key);
    },
    of(key) {
      const samples = counts.get(key) ?? [];
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || first === last) return undefined;
      return (last.count - first.count) / (last.timeMs - first.timeMs) * 1000;
    },
  };
}

/** The key of a partition's growth. */
export function partitionKey(hub: string, partition: string): string {
  return JSON.stringify([hub, partition]);
}

/** The key of a reader's progress. */
export function readerKey(hub: string, partition: string, group: string, name: string): string {
  return JSON.stringify([hub, partition, group, name]);
}
