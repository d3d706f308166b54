import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { LogRecord } from "./partition_log.ts";
import type { PlacedBatch } from "./place_events.ts";

/**
 * One event in a segment file, big-endian: CRC32 of all that follows it (4 bytes), length of the message (31 bits,
 * below a bit that says whether more events of the same batch follow), sequence number (6), enqueued time in ms (6),
 * message.
 */
export const RECORD_HEADER_BYTES = 20;

const MORE = 0x8000_0000;

/** A record as it was found in a file. */
export interface FoundRecord extends LogRecord {
  /** Where the next record starts. */
  readonly end: number;
  /** Whether this is the last event of its batch. */
  readonly endsBatch: boolean;
}

/** Bytes that hold no whole record. */
export class DamagedRecord extends Error {
  override readonly name = "DamagedRecord";
  constructor(readonly position: number, reason: string) {
    super(`The record at ${position} ${reason}`);
  }
}

/** Fills in the headers of a batch, whose messages were placed with room for them. */
export function sealBatch({ bytes, records }: PlacedBatch): void {
  let at = 0;
  for (const [index, { sequenceNumber, enqueuedTimeMs, message }] of records.entries()) {
    const end = at + RECORD_HEADER_BYTES + message.length;
    const more = index < records.length - 1 ? MORE : 0;
    bytes.writeUInt32BE((message.length | more) >>> 0, at + 4);
    bytes.writeUIntBE(sequenceNumber, at + 8, 6);
    bytes.writeUIntBE(enqueuedTimeMs, at + 14, 6);
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), at);
    at = end;
  }
}

/** What {@linkcode scanRecords} reads. */
export interface Stretch {
  readonly file: Deno.FsFile;
  /** Where a record starts. */
  readonly from: number;
  /** Where the last whole record ends. */
  readonly to: number;
  /** What to add to a position to get the event's offset. */
  readonly baseOffset: number;
  /** How much to read at once. */
  readonly chunkBytes: number;
}

/**
 * The records of a stretch of a segment file, in order, each checked.
 *
 * @throws {DamagedRecord} when a record is cut short or fails its checksum
 */
export function* scanRecords({ file, from, to, baseOffset, chunkBytes }: Stretch): Generator<FoundRecord> {
  let chunk: Buffer = Buffer.alloc(0);
  let chunkAt = from;
  for (let at = from; at < to;) {
    const have = (bytes: number): void => {
      if (at + bytes > to) throw new DamagedRecord(at, `is cut short: it needs ${bytes} bytes of ${to - at}`);
      if (at + bytes <= chunkAt + chunk.length) return;
      chunk = readAt(file, at, Math.min(Math.max(bytes, chunkBytes), to - at));
      chunkAt = at;
    };
    have(RECORD_HEADER_BYTES);
    const length = chunk.readUInt32BE(at - chunkAt + 4);
    have(RECORD_HEADER_BYTES + (length & ~MORE));
    const end = at + RECORD_HEADER_BYTES + (length & ~MORE);
    const record = chunk.subarray(at - chunkAt, end - chunkAt);
    if (crc32(record.subarray(4)) !== record.readUInt32BE(0)) {
      throw new DamagedRecord(at, "fails its checksum");
    }
    yield {
      sequenceNumber: record.readUIntBE(8, 6),
      enqueuedTimeMs: record.readUIntBE(14, 6),
      offset: baseOffset + at,
      message: record.subarray(RECORD_HEADER_BYTES),
      end,
      endsBatch: length < MORE,
    };
    at = end;
  }
}

function readAt(file: Deno.FsFile, position: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  file.seekSync(position, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < bytes) {
    const read = file.readSync(buffer.subarray(filled));
    if (read === null) throw new DamagedRecord(position + filled, "lies beyond the file's end");
    filled += read;
  }
  return buffer;
}
