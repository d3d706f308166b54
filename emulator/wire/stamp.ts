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

/**
 * The message a receiver gets: the producer's bytes with the broker's annotations spliced in (`x-opt-sequence-number`
 * long, `x-opt-offset` string, `x-opt-enqueued-time` timestamp, and `x-opt-partition-key` string where there is one).
 *
 * @param partitionKey the key the whole batch was sent with
 */
export function stampEvent(event: SentEvent, stamp: Stamp, partitionKey: string | undefined): Buffer {
  const offset = String(stamp.offset);
  const keyBytes = partitionKey === undefined ? 0 : Buffer.byteLength(partitionKey);
  const mapBytes = 4 + event.annotations.length + SEQUENCE_NUMBER.length + 8 + OFFSET.length + 1 +
    offset.length +
    ENQUEUED_TIME.length + 8 + (partitionKey === undefined ? 0 : PARTITION_KEY.length + 4 + keyBytes);
  const message = Buffer.allocUnsafe(
    event.header.length + ANNOTATIONS.length + 4 + mapBytes + event.rest.length,
  );
  let at = event.header.copy(message, 0);
  at += ANNOTATIONS.copy(message, at);
  at = message.writeUInt32BE(mapBytes, at);
  at = message.writeUInt32BE(event.annotationItems + (partitionKey === undefined ? 6 : 8), at);
  at += SEQUENCE_NUMBER.copy(message, at);
  at = writeLong(message, stamp.sequenceNumber, at);
  at += OFFSET.copy(message, at);
  at = message.writeUInt8(offset.length, at);
  at += message.write(offset, at, "latin1");
  at += ENQUEUED_TIME.copy(message, at);
  at = writeLong(message, stamp.enqueuedTimeMs, at);
  if (partitionKey !== undefined) {
    at += PARTITION_KEY.copy(message, at);
    at = message.writeUInt32BE(keyBytes, at);
    at += message.write(partitionKey, at, "utf8");
  }
  at += event.annotations.copy(message, at);
  event.rest.copy(message, at);
  return message;
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
