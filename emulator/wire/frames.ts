import { Buffer } from "node:buffer";
import { checkValue } from "./check.ts";
import { byteAt, WireError, wordAt } from "./values.ts";

const HEADER_BYTES = 8;
/** "AMQP", with which every protocol header starts; read as a frame's size it would be a gigabyte. */
const PROTOCOL = 0x414d5150;
/** Format codes of the lists that performatives are. */
const LISTS = new Set([0x45, 0xc0, 0xd0]);

/** Cuts a stream of bytes into whole frames. */
export interface FrameCutter {
  /**
   * Takes the next bytes off the wire and gives all frames that are whole now, checked and back to back.
   *
   * @returns undefined while the frame at hand isn't whole
   * @throws {WireError} on a frame larger than allowed, or one that isn't a well-formed AMQP or SASL frame
   */
  push(chunk: Buffer): Buffer | undefined;
}

/**
 * A cutter that holds at most one unfinished frame of `maxFrameBytes`, whatever a client claims.
 *
 * Wire format: OASIS AMQP 1.0, part 2, section 2.3 (frames) and 2.2 (protocol headers).
 */
export function frameCutter(maxFrameBytes: number): FrameCutter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let wantedBytes = 0;

  function hold(rest: Buffer): void {
    held = rest.length === 0 ? [] : [rest];
    heldBytes = rest.length;
    wantedBytes = rest.length < HEADER_BYTES ? HEADER_BYTES : frameBytes(rest, 0, maxFrameBytes);
  }

  return {
    push(chunk) {
      if (heldBytes > 0) {
        held.push(chunk);
        heldBytes += chunk.length;
        if (heldBytes < wantedBytes) return undefined;
        chunk = Buffer.concat(held, heldBytes);
      }
      let at = 0;
      while (chunk.length - at >= HEADER_BYTES) {
        const end = at + frameBytes(chunk, at, maxFrameBytes);
        if (end > chunk.length) break;
        checkFrame(chunk, at, end);
        at = end;
      }
      hold(chunk.subarray(at));
      return at === 0 ? undefined : chunk.subarray(0, at);
    },
  };
}

function frameBytes(bytes: Buffer, at: number, maxFrameBytes: number): number {
  const size = wordAt(bytes, at, bytes.length);
  if (size === PROTOCOL) return HEADER_BYTES;
  if (size < HEADER_BYTES || size > maxFrameBytes) {
    throw new WireError(`a frame of ${size} bytes; between ${HEADER_BYTES} and ${maxFrameBytes} are allowed`);
  }
  return size;
}

/** Open to close (0x10 to 0x18) in frames of type 0, SASL's (0x40 to 0x44) in type 1. */
function checkFrame(bytes: Buffer, start: number, end: number): void {
  if (wordAt(bytes, start, end) === PROTOCOL) return;
  const type = bytes[start + 5]!;
  const body = start + bytes[start + 4]! * 4;
  if (body < start + HEADER_BYTES || body > end) {
    throw new WireError(`a frame's data offset points to ${body}`);
  }
  if (type > 1) throw new WireError(`unknown frame type ${type}`);
  if (body === end) return;
  checkValue(bytes, body, end);
  const known = byteAt(bytes, body, end) === 0x00 && byteAt(bytes, body + 1, end) === 0x53;
  const code = known && LISTS.has(byteAt(bytes, body + 3, end)) ? byteAt(bytes, body + 2, end) : 0;
  const [least, most] = type === 0 ? [0x10, 0x18] : [0x40, 0x44];
  if (code < least || code > most) {
    throw new WireError(`unknown performative ${code} in a frame of type ${type}`);
  }
}
