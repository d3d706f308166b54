import type { Place } from "./partition_log.ts";
import { firstAtLeast } from "./search.ts";

/** Bytes of a segment between two entries: at most this much is read in vain to find an event. */
const STEP_BYTES = 32_768;

/** An event's place, and where it starts in its segment's file. */
export interface IndexEntry {
  readonly sequenceNumber: number;
  readonly enqueuedTimeMs: number;
  readonly position: number;
}

/** Some of a segment's events, about one in 32 KB. */
export interface SparseIndex {
  readonly entries: readonly IndexEntry[];
  /** Takes the next event, if it is far enough from the last one taken. */
  note(place: Place, position: number): void;
  /** The last entry whose `field` is at most `value` (less than it for times, several events may share one). */
  before(field: keyof IndexEntry, value: number): IndexEntry | undefined;
}

/** An index, of the entries saved before or of none. */
export function sparseIndex(saved: readonly IndexEntry[] = []): SparseIndex {
  const entries = [...saved];
  return {
    entries,
    note({ sequenceNumber, enqueuedTimeMs }, position) {
      const last = entries.at(-1);
      if (last !== undefined && position - last.position < STEP_BYTES) return;
      entries.push({ sequenceNumber, enqueuedTimeMs, position });
    },
    before(field, value) {
      const wanted = field === "enqueuedTimeMs" ? value : value + 1;
      return entries[firstAtLeast(entries.length, (index) => entries[index]![field], wanted) - 1];
    },
  };
}
