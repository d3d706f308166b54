import { placeEvents } from "./place_events.ts";
import { takeWithin } from "./tail_cache.ts";
import { firstAtLeast } from "./search.ts";
import type { LogRecord, NewEvents, PartitionLog, Place, Position, ReadLimits } from "./partition_log.ts";

/** Options of {@linkcode memoryLog}. */
export interface MemoryLogOptions {
  /** Milliseconds since 1970. Defaults to `Date.now`. */
  readonly now?: () => number;
}

/** A partition log that lives in memory and keeps everything until it is closed: for tests and short runs. */
export function memoryLog({ now = Date.now }: MemoryLogOptions = {}): PartitionLog {
  const records: LogRecord[] = [];
  const listeners = new Set<() => void>();
  let sizeBytes = 0;
  let closed = false;

  function append(events: NewEvents): Promise<void> {
    if (closed) return Promise.reject(new Error("The log is closed and takes no more events"));
    const first = {
      sequenceNumber: records.length,
      offset: sizeBytes,
      enqueuedTimeMs: Math.max(now(), records.at(-1)?.enqueuedTimeMs ?? 0),
    };
    const batch = placeEvents(events, first, 0);
    for (const record of batch.records) records.push(record);
    sizeBytes += batch.bytes.length;
    for (const wake of listeners) wake();
    return Promise.resolve();
  }

  function read(sequenceNumber: number, limits: ReadLimits): readonly LogRecord[] {
    return takeWithin(records, Math.max(sequenceNumber, 0), limits);
  }

  return {
    beginSequenceNumber: 0,
    get nextSequenceNumber() {
      return records.length;
    },
    get last(): Place | undefined {
      return records.at(-1);
    },
    get sizeBytes() {
      return sizeBytes;
    },
    append,
    read,
    find: (position) => findIn(records, sizeBytes, position),
    dropExpired() {},
    onAppend(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
    close() {
      closed = true;
      listeners.clear();
      return Promise.resolve();
    },
  };
}

function findIn(records: readonly LogRecord[], endOffset: number, position: Position): number | undefined {
  const next = records.length;
  if (position.kind === "earliest") return 0;
  if (position.kind === "latest") return next;
  const { kind, value, inclusive } = position;
  const least = inclusive ? value : value + 1;
  if (kind === "sequenceNumber") return least > next ? undefined : Math.max(least, 0);
  if (kind === "enqueuedTimeMs") return firstAtLeast(next, (index) => records[index]!.enqueuedTimeMs, least);
  const last = records.at(-1)?.offset ?? -1;
  if (value > last && !(inclusive && value === endOffset)) return undefined;
  return firstAtLeast(next, (index) => records[index]!.offset, least);
}
