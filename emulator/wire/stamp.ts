import { Buffer } from "node:buffer";
import type { SentEvent } from "./event.ts";

/** What the broker knows of an event once it has a place in a partition. */
export interface Stamp {
  readonly sequenceNumber: number;
  /** Where the event lies in its partition's log; grows, isn't dense. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly enqueuedTimeMs: number;
}

/** The four annotations' keys as encoded symbols, with the format code of the value that follows. */
const SEQUENCE_NUMBER = key("x-opt-sequence-number", 0x81);
const OFFSET = key("x-opt-offset", 0xa1);
const ENQUEUED_TIME = key("x-opt-enqueued-time", 0x83);
const PARTITION_KEY = key("x-opt-partition-key", 0xb1);
/** Described map32 of message annotations: descriptor, format code; size and count follow. */
const ANNOTATIONS = Buffer.from([0x00, 0x53, 0x72, 0xd1]);

/** How long {@linkcode stampEvent}'s message will be. */
export function stampedBytes(event: SentEvent, stamp: Stamp, partitionKey: string | undefined): number {
  const { header, rest } = event;
  const map = mapBytes(event, String(stamp.offset), partitionKey);
  return header.end - header.start + ANNOTATIONS.length + 4 + map + rest.end - rest.start;
}

/**
 * Writes the message a receiver gets: the producer's bytes with the broker's annotations spliced in
 * (`x-opt-sequence-number` long, `x-opt-offset` string, `x-opt-enqueued-time` timestamp, and `x-opt-partition-key` string
 * where there is one).
 *
 * @param partitionKey the key the whole batch was sent with
 * @param target takes the message from `at` on
 */
export function stampEvent(
  event: SentEvent,
  stamp: Stamp,
  partitionKey: string | undefined,
  target: Buffer,
  at = 0,
): void {
  const { source, header, rest } = event;
  const offset = String(stamp.offset);
  at += source.copy(target, at, header.start, header.end);
  at += ANNOTATIONS.copy(target, at);
  at = target.writeUInt32BE(mapBytes(event, offset, partitionKey), at);
  at = target.writeUInt32BE(event.annotationItems + (partitionKey === undefined ? 6 : 8), at);
  at += SEQUENCE_NUMBER.copy(target, at);
  at = writeLong(target, stamp.sequenceNumber, at);
  at += OFFSET.copy(target, at);
  at = target.writeUInt8(offset.length, at);
  at += target.write(offset, at, "latin1");
  at += ENQUEUED_TIME.copy(target, at);
  at = writeLong(target, stamp.enqueuedTimeMs, at);
  if (partitionKey !== undefined) {
    at += PARTITION_KEY.copy(target, at);
    at = target.writeUInt32BE(Buffer.byteLength(partitionKey), at);
    at += target.write(partitionKey, at, "utf8");
  }
  at += event.annotations.copy(target, at);
  source.copy(target, at, rest.start, rest.end);
}

/** What the annotations take after their size field: the count, and each key and value. */
function mapBytes({ annotations }: SentEvent, offset: string, partitionKey: string | undefined): number {
  const own = SEQUENCE_NUMBER.length + 8 + OFFSET.length + 1 + offset.length + ENQUEUED_TIME.length + 8;
  const key = partitionKey === undefined ? 0 : PARTITION_KEY.length + 4 + Buffer.byteLength(partitionKey);
  return 4 + own + key + annotations.length;
}

/** What `com.microsoft:enable-receiver-runtime-metric` asks for with every event: the partition's end. */
export interface RuntimeMetrics {
  readonly last: Stamp;
  readonly retrievedTimeMs: number;
}

/** Delivery annotations that carry the partition's end, to be put after a message's header. */
export function encodeRuntimeMetrics({ last, retrievedTimeMs }: RuntimeMetrics): Buffer {
  const offset = Buffer.from(String(last.offset), "latin1");
  const items = Buffer.concat([
    key("last_enqueued_sequence_number", 0x81),
    long(last.sequenceNumber),
    key("last_enqueued_offset", 0xa1),
    Buffer.from([offset.length]),
    offset,
    key("last_enqueued_time_utc", 0x83),
    long(last.enqueuedTimeMs),
    key("runtime_info_retrieval_time_utc", 0x83),
    long(retrievedTimeMs),
  ]);
  const head = Buffer.from([0x00, 0x53, 0x71, 0xd1, 0, 0, 0, 0, 0, 0, 0, 8]);
  head.writeUInt32BE(4 + items.length, 4);
  return Buffer.concat([head, items]);
}

function key(name: string, valueCode: number): Buffer {
  return Buffer.concat([
    Buffer.from([0xa3, name.length]),
    Buffer.from(name, "latin1"),
    Buffer.from([valueCode]),
  ]);
}

function long(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  writeLong(bytes, value, 0);
  return bytes;
}

function writeLong(bytes: Buffer, value: number, at: number): number {
  // Sequence numbers and times stay far below 2^53, so two words do and BigInt isn't needed.
  const high = Math.floor(value / 0x1_0000_0000);
  bytes.writeInt32BE(high, at);
  return bytes.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
}
