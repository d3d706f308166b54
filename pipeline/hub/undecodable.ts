import { Buffer } from "node:buffer";
import type { EventHubConsumerClient } from "@azure/event-hubs";

/** The part of the SDK that decodes messages, as it lies inside it; one for the whole process. */
interface Decoder {
  decode(bytes: Buffer): unknown;
}

const forgiving = new WeakSet<Decoder>();

/**
 * Has the SDK hand over an event that it can't decode as the bytes that it is made of.
 *
 * A body that is no bytes but a value of AMQP may be nested deeper than the SDK can follow. It then throws where nobody
 * catches it, and that partition gets no further, now and after every restart. The SDK has no setting for it, so this
 * reaches inside; its version is pinned, and a test holds this to it.
 */
export function forgiveDecoding(consumer: EventHubConsumerClient): void {
  const inside = consumer as unknown as {
    readonly _context: { connection: { container: { message: Decoder } } };
  };
  const decoder = inside._context.connection.container.message;
  if (forgiving.has(decoder)) return;
  forgiving.add(decoder);
  const decode = decoder.decode;
  decoder.decode = (bytes) => {
    try {
      return decode(bytes);
    } catch {
      return decode(asBytes(bytes));
    }
  };
}

/** Message annotations, the last section that the hub has written: sequence number, offset and time are in it. */
const annotations = 0x72;

/**
 * The same message with all that its producer wrote as one data section.
 *
 * Wire format: OASIS AMQP 1.0, part 3, section 3.2 (sections), and part 1, section 1.6 (lists and maps).
 */
function asBytes(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length) {
    // A described value: zero, its descriptor as a small or a large number, the value.
    const value = at + (bytes[at + 1] === 0x53 ? 3 : 10);
    if (bytes[value - 1]! > annotations) break;
    at = endOf(bytes, value);
  }
  const head = Buffer.from([0x00, 0x53, 0x75, 0xb0, 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length - at, 4);
  return Buffer.concat([bytes.subarray(0, at), head, bytes.subarray(at)]);
}

/** Where a list or a map ends: empty, or with its size in one byte or in four. */
function endOf(bytes: Buffer, at: number): number {
  const kind = bytes[at]! >>> 4;
  if (kind === 0x4) return at + 1;
  return kind === 0xc ? at + 2 + bytes[at + 1]! : at + 5 + bytes.readUInt32BE(at + 1);
}
