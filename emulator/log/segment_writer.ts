import type { Buffer } from "node:buffer";
import type { Place } from "./partition_log.ts";
import type { PlacedBatch } from "./place_events.ts";
import { RECORD_HEADER_BYTES, sealBatch } from "./record.ts";
import { createSegment, FIRST_POSITION, noteRecord, saveIndex, type Segment } from "./segment.ts";

/** Writes to the newest of a log's segments, beginning a new one when it is full. */
export interface SegmentWriter {
  /** The newest event written. */
  readonly last: Place | undefined;
  /** The offset the next event gets. */
  readonly nextOffset: number;
  /**
   * Writes a batch whole, or leaves no trace of it.
   *
   * @throws when the disk doesn't take it
   */
  write(batch: PlacedBatch): void;
  /** Begins a new segment, unless the newest one is empty. */
  roll(): void;
  /** Has the operating system put everything written on the disk. */
  sync(): Promise<void>;
  close(): void;
}

/** What {@linkcode segmentWriter} needs. */
export interface SegmentWriterParts {
  readonly folder: string;
  /** The log's segments, in order; new ones are added at the end. */
  readonly segments: Segment[];
  readonly segmentBytes: number;
  /** Whether a full segment is put on the disk before the next one is begun. */
  readonly syncFull: boolean;
  readonly writeBytes: (file: Deno.FsFile, bytes: Buffer) => void;
}

export function segmentWriter(parts: SegmentWriterParts): SegmentWriter {
  const { folder, segments, segmentBytes, syncFull, writeBytes } = parts;
  let [segment, file] = openNewest(folder, segments);

  function nextOffset(): number {
    return segment.baseOffset + segment.end;
  }

  function roll(): void {
    if (segment.end === FIRST_POSITION) return;
    const full = segment;
    if (syncFull) file.syncDataSync();
    // The full one stays in use until the next one is there: the disk may have no room for it, and have some later.
    const created = createSegment(folder, full.last, nextOffset());
    file.close();
    [segment, file] = created;
    segments.push(segment);
    saveIndex(full);
    if (syncFull) syncFolder(folder);
  }

  function write(batch: PlacedBatch): void {
    if (segment.end >= segmentBytes) roll();
    sealBatch(batch);
    try {
      file.seekSync(segment.end, Deno.SeekMode.Start);
      writeBytes(file, batch.bytes);
    } catch (error) {
      // What was written of the batch must not be taken for a whole one.
      file.truncateSync(segment.end);
      throw error;
    }
    for (const record of batch.records) {
      const end = segment.end + RECORD_HEADER_BYTES + record.message.length;
      noteRecord(segment, { ...record, end });
    }
  }

  return {
    get last() {
      return segment.last;
    },
    get nextOffset() {
      return nextOffset();
    },
    write,
    roll,
    sync: () => file.syncData(),
    close: () => file.close(),
  };
}

function openNewest(folder: string, segments: Segment[]): [Segment, Deno.FsFile] {
  const newest = segments.at(-1);
  if (newest !== undefined) return [newest, Deno.openSync(newest.path, { read: true, write: true })];
  const [segment, file] = createSegment(folder, undefined, 0);
  segments.push(segment);
  return [segment, file];
}

/** A new file is only sure to be found again once its folder is on the disk too. */
function syncFolder(folder: string): void {
  using handle = Deno.openSync(folder, { read: true });
  handle.syncSync();
}
