import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { NO_PLACE, type Place } from "./partition_log.ts";
import { type FoundRecord, scanRecords } from "./record.ts";
import { type IndexEntry, type SparseIndex, sparseIndex } from "./sparse_index.ts";

/** What opens a segment file: magic, the event before it, and where it begins; a CRC32 of it all at the end. */
const HEADER_BYTES = 40;
const MAGIC = "TLKLOG01";

/** One file of a partition's log. */
export interface Segment {
  readonly path: string;
  /** The first event's sequence number, whether it is there yet or not. */
  readonly firstSequenceNumber: number;
  /** What to add to a position in the file to get an offset. */
  readonly baseOffset: number;
  /** The newest event, or the one before the segment when it is empty. */
  last: Place | undefined;
  /** Where the last whole record ends in the file. */
  end: number;
  readonly index: SparseIndex;
}

/** Where the first record of a segment starts. */
export const FIRST_POSITION = HEADER_BYTES;

/** Creates the file of a segment that follows `last`, and opens it for writing. @throws when the disk has no room for it */
export function createSegment(
  folder: string,
  last: Place | undefined,
  nextOffset: number,
): [Segment, Deno.FsFile] {
  const firstSequenceNumber = (last?.sequenceNumber ?? -1) + 1;
  const path = `${folder}/${String(firstSequenceNumber).padStart(16, "0")}.log`;
  const file = Deno.openSync(path, { createNew: true, read: true, write: true });
  try {
    const header = encodeHeader(last ?? NO_PLACE, nextOffset);
    for (let at = 0; at < header.length;) at += file.writeSync(header.subarray(at));
  } catch (error) {
    file.close();
    Deno.removeSync(path);
    throw error;
  }
  const baseOffset = nextOffset - HEADER_BYTES;
  return [{ path, firstSequenceNumber, baseOffset, last, end: HEADER_BYTES, index: sparseIndex() }, file];
}

/**
 * Reads what a segment's header says; its records are still to be counted.
 *
 * @returns undefined when the header was never written whole
 */
export function readSegment(path: string, file: Deno.FsFile): Segment | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  file.seekSync(0, Deno.SeekMode.Start);
  if (file.readSync(header) !== HEADER_BYTES || !header.toString("latin1").startsWith(MAGIC)) {
    return undefined;
  }
  if (crc32(header.subarray(0, HEADER_BYTES - 4)) !== header.readUInt32BE(HEADER_BYTES - 4)) return undefined;
  const last = {
    sequenceNumber: header.readUIntBE(8, 6) - 1,
    offset: header.readUIntBE(14, 6) - 1,
    enqueuedTimeMs: header.readUIntBE(20, 6),
  };
  return {
    path,
    firstSequenceNumber: last.sequenceNumber + 1,
    baseOffset: header.readUIntBE(26, 6) - HEADER_BYTES,
    last: last.sequenceNumber < 0 ? undefined : last,
    end: HEADER_BYTES,
    index: sparseIndex(),
  };
}

/** Counts a record in, which ends at `end` in the file. */
export function noteRecord(segment: Segment, record: Place & { readonly end: number }): void {
  const { sequenceNumber, offset, enqueuedTimeMs, end } = record;
  segment.last = { sequenceNumber, offset, enqueuedTimeMs };
  segment.index.note(segment.last, segment.end);
  segment.end = end;
}

/** A segment's records from a position on, which must be a record's. @throws {DamagedRecord} on damage */
export function recordsOf(
  segment: Segment,
  file: Deno.FsFile,
  from = FIRST_POSITION,
  chunkBytes = 65_536,
): Generator<FoundRecord> {
  return scanRecords({ file, from, to: segment.end, baseOffset: segment.baseOffset, chunkBytes });
}

/** Writes the index of a full segment beside it, so that opening the log needn't read the events again. */
export function saveIndex({ path, end, last, index }: Segment): void {
  const saved = JSON.stringify({ end, last, entries: index.entries });
  Deno.writeTextFileSync(`${path}.index.new`, saved);
  Deno.renameSync(`${path}.index.new`, `${path}.index`);
}

/** Fills in a full segment from its saved index. @returns false when there is none that fits the file */
export function loadIndex(segment: Segment, fileBytes: number): Segment | undefined {
  try {
    const saved: { end: number; last: Place; entries: IndexEntry[] } = JSON.parse(
      Deno.readTextFileSync(`${segment.path}.index`),
    );
    if (saved.end !== fileBytes) return undefined;
    return { ...segment, end: saved.end, last: saved.last, index: sparseIndex(saved.entries) };
  } catch (error) {
    // A missing or broken index costs one scan of the segment, nothing else.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Deletes a segment's files, those that are still there. */
export function deleteSegment({ path }: Segment): void {
  for (const name of [path, `${path}.index`, `${path}.index.new`]) {
    try {
      Deno.removeSync(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function encodeHeader(last: Place, nextOffset: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, "latin1");
  header.writeUIntBE(last.sequenceNumber + 1, 8, 6);
  header.writeUIntBE(last.offset + 1, 14, 6);
  header.writeUIntBE(last.enqueuedTimeMs, 20, 6);
  header.writeUIntBE(nextOffset, 26, 6);
  header.writeUInt32BE(crc32(header.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  return header;
}
