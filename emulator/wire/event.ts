import { Buffer } from "node:buffer";
import { SECTION, sectionAt } from "./sections.ts";
import { byteAt, contentOf, itemsOf, skipValue, type Span, WireError, wordAt } from "./values.ts";

/** What the annotations of a message, or of a batch's envelope, say of all its events. */
export interface Envelope {
  readonly partitionKey: string | undefined;
  /** The first event's number among its idempotent producer's. */
  readonly producerSequenceNumber: number | undefined;
}

/** An event as its producer sent it, taken apart so far as the broker's own annotations need. */
export interface SentEvent extends Envelope {
  /** What the message arrived in. */
  readonly source: Buffer;
  /** Where its header section is, which comes before every annotation; often empty. */
  readonly header: Span;
  /** The producer's own annotations, encoded key after value, without those that only the broker may set. */
  readonly annotations: Buffer;
  /** How many keys and values `annotations` holds. */
  readonly annotationItems: number;
  /** Where everything after the annotations is: properties, body, footer. */
  readonly rest: Span;
}

/** What a producer may not set: the broker's own annotations, and the marks of idempotent producers. */
const RESERVED = new Set([
  "x-opt-sequence-number",
  "x-opt-offset",
  "x-opt-enqueued-time",
  "x-opt-partition-key",
  "com.microsoft:producer-id",
  "com.microsoft:producer-epoch",
  "com.microsoft:producer-sequence-number",
]);
const NOTHING: Buffer = Buffer.alloc(0);
const NOWHERE: Span = { start: 0, end: 0 };

/**
 * Takes one encoded AMQP message apart. Delivery annotations are dropped: they were meant for this hop.
 *
 * @throws {WireError} when the message is broken or has no body
 */
export function parseEvent(bytes: Buffer, { start, end }: Span): SentEvent {
  let header: Span = NOWHERE;
  let found = NO_ANNOTATIONS;
  let at = start;
  while (at < end) {
    const section = sectionAt(bytes, at, end);
    if (section.code > SECTION.messageAnnotations) break;
    if (section.code === SECTION.header) header = section;
    if (section.code === SECTION.messageAnnotations) {
      found = readAnnotations(bytes, section.value, section.end);
    }
    at = section.end;
  }
  if (!hasBody(bytes, at, end)) throw new WireError(`a message of ${end - start} bytes has no body`);
  return {
    source: bytes,
    header,
    annotations: found.kept,
    annotationItems: found.items,
    rest: { start: at, end },
    partitionKey: found.partitionKey,
    producerSequenceNumber: found.producerSequenceNumber,
  };
}

/** Reads an envelope's annotations. @throws {WireError} when the bytes are broken */
export function readEnvelope(bytes: Buffer): Envelope {
  for (let at = 0; at < bytes.length;) {
    const section = sectionAt(bytes, at, bytes.length);
    if (section.code > SECTION.messageAnnotations) break;
    if (section.code === SECTION.messageAnnotations) {
      return readAnnotations(bytes, section.value, section.end);
    }
    at = section.end;
  }
  return NO_ANNOTATIONS;
}

interface Annotations extends Envelope {
  readonly kept: Buffer;
  readonly items: number;
}

const NO_ANNOTATIONS: Annotations = {
  kept: NOTHING,
  items: 0,
  partitionKey: undefined,
  producerSequenceNumber: undefined,
};

function readAnnotations(bytes: Buffer, value: number, end: number): Annotations {
  const map = itemsOf(bytes, value, end);
  if (map === undefined || map.count % 2 !== 0) throw new WireError(`annotations at ${value} are no map`);
  const kept: Buffer[] = [];
  let { partitionKey, producerSequenceNumber } = NO_ANNOTATIONS;
  let at = map.start;
  for (let item = 0; item < map.count; item += 2) {
    const valueAt = skipValue(bytes, at, map.end);
    const next = skipValue(bytes, valueAt, map.end);
    const key = textAt(bytes, at, map.end);
    if (key === "x-opt-partition-key") partitionKey = textAt(bytes, valueAt, map.end);
    if (key === "com.microsoft:producer-sequence-number") {
      producerSequenceNumber = intAt(bytes, valueAt, map.end);
    }
    if (key === undefined || !RESERVED.has(key)) kept.push(bytes.subarray(at, next));
    at = next;
  }
  return {
    kept: kept.length === 0 ? NOTHING : Buffer.concat(kept),
    items: kept.length * 2,
    partitionKey,
    producerSequenceNumber,
  };
}

function textAt(bytes: Buffer, at: number, limit: number): string | undefined {
  const content = contentOf(bytes, at, limit);
  return content && bytes.toString("utf8", content.start, content.end);
}

/** An AMQP int, in either of its encodings; undefined for other types. */
function intAt(bytes: Buffer, at: number, limit: number): number | undefined {
  const code = byteAt(bytes, at, limit);
  if (code === 0x54) return (byteAt(bytes, at + 1, limit) << 24) >> 24;
  return code === 0x71 ? wordAt(bytes, at + 1, limit) | 0 : undefined;
}

function hasBody(bytes: Buffer, from: number, end: number): boolean {
  let body = false;
  for (let at = from; at < end;) {
    const section = sectionAt(bytes, at, end);
    body ||= section.code >= SECTION.data && section.code <= SECTION.value;
    at = section.end;
  }
  return body;
}
