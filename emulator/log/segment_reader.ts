import type { LogRecord, ReadLimits } from "./partition_log.ts";
import { recordsOf, type Segment } from "./segment.ts";
import { segmentFiles } from "./segment_files.ts";
import type { IndexEntry } from "./sparse_index.ts";

const LEAST_CHUNK_BYTES = 16_384;
/** Readers whose place in a file is remembered from one read to the next. */
const MOST_PLACES = 64;

/** Reads a log's segments from disk. */
export interface SegmentReader {
  /** Events from `sequenceNumber`, which is kept, up to `before`; only of one segment, so perhaps fewer than asked. */
  read(sequenceNumber: number, before: number, limits: ReadLimits): readonly LogRecord[];
  /** The sequence number of the first event whose offset or time is at least `wanted`; undefined past the end. */
  find(field: "offset" | "enqueuedTimeMs", wanted: number): number | undefined;
  /** Lets go of a segment that is to be deleted. */
  release(segment: Segment): void;
  close(): void;
}

/** A reader of `segments`, which may grow at the end and shrink at the front meanwhile. */
export function segmentReader(segments: readonly Segment[]): SegmentReader {
  const files = segmentFiles();
  /** Where the event with a sequence number starts in its segment's file. */
  const places = new Map<number, number>();

  function remember(sequenceNumber: number, position: number): void {
    places.set(sequenceNumber, position);
    if (places.size > MOST_PLACES) places.delete(places.keys().next().value!);
  }

  function read(sequenceNumber: number, before: number, limits: ReadLimits): readonly LogRecord[] {
    const segment = segments.findLast(({ firstSequenceNumber }) => firstSequenceNumber <= sequenceNumber);
    if (segment === undefined) return [];
    const from = places.get(sequenceNumber) ??
      segment.index.before("sequenceNumber", sequenceNumber)?.position;
    places.delete(sequenceNumber);
    const records: LogRecord[] = [];
    let bytes = 0;
    let end: number | undefined;
    for (const record of recordsOf(segment, files.of(segment), from, chunkBytes(segment, limits))) {
      if (record.sequenceNumber < sequenceNumber) continue;
      if (record.sequenceNumber >= before) break;
      records.push(record);
      bytes += record.message.length;
      end = record.end;
      if (records.length >= limits.count || bytes >= limits.bytes) break;
    }
    // The next segment's first event has no place in this one's file.
    if (end !== undefined && end < segment.end) remember(records.at(-1)!.sequenceNumber + 1, end);
    return records;
  }

  function find(field: "offset" | "enqueuedTimeMs", wanted: number): number | undefined {
    const segment = segments.find(({ last, firstSequenceNumber }) =>
      last !== undefined && last.sequenceNumber >= firstSequenceNumber && last[field] >= wanted
    );
    if (segment === undefined) return undefined;
    const entry: IndexEntry | undefined = field === "offset"
      ? segment.index.before("position", wanted - segment.baseOffset)
      : segment.index.before("enqueuedTimeMs", wanted);
    for (const record of recordsOf(segment, files.of(segment), entry?.position)) {
      if (record[field] >= wanted) return record.sequenceNumber;
    }
    return undefined;
  }

  return {
    read,
    find,
    release: (segment) => files.close(segment),
    close: () => files.closeAll(),
  };
}

/** About as much as `limits.count` events of the segment's average take, so that a small read stays small. */
function chunkBytes(segment: Segment, { count, bytes }: ReadLimits): number {
  const events = (segment.last?.sequenceNumber ?? 0) - segment.firstSequenceNumber + 1;
  const average = events > 0 ? segment.end / events : LEAST_CHUNK_BYTES;
  return Math.round(Math.min(Math.max(LEAST_CHUNK_BYTES, count * average), bytes));
}
