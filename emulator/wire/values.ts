import type { Buffer } from "node:buffer";

/** Bytes that break the rules of AMQP 1.0. The sender is told `amqp:decode-error`, or cut off. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/**
 * Where the AMQP 1.0 value that starts at `at` ends. Compounds are jumped over by their size field, not entered.
 *
 * Wire format: OASIS AMQP 1.0, part 1, section 1.2 (the high half of a format code tells the width).
 *
 * @throws {WireError} when the value has no known width or reaches past `limit`
 */
export function skipValue(bytes: Buffer, at: number, limit: number): number {
  let position = at;
  while (byteAt(bytes, position, limit) === 0x00) position = skipValue(bytes, position + 1, limit);
  const code = bytes[position]!;
  const end = position + 1 + valueBytes(bytes, code, position + 1, limit);
  if (end > limit) throw new WireError(`a value of type ${hex(code)} at ${position} reaches past ${limit}`);
  return end;
}

/** Size in bytes of what follows format code `code`, its own length prefix included. */
function valueBytes(bytes: Buffer, code: number, at: number, limit: number): number {
  switch (code >>> 4) {
    case 0x4:
      return 0;
    case 0x5:
      return 1;
    case 0x6:
      return 2;
    case 0x7:
      return 4;
    case 0x8:
      return 8;
    case 0x9:
      return 16;
    case 0xa:
    case 0xc:
    case 0xe:
      return 1 + byteAt(bytes, at, limit);
    case 0xb:
    case 0xd:
    case 0xf:
      return 4 + wordAt(bytes, at, limit);
    default:
      throw new WireError(`unknown format code ${hex(code)} at ${at - 1}`);
  }
}

/** One byte, read only within `limit`. @throws {WireError} past it */
export function byteAt(bytes: Buffer, at: number, limit: number): number {
  if (at >= limit) throw new WireError(`a byte is missing at ${at} of ${limit}`);
  return bytes[at]!;
}

/** A big-endian unsigned 32-bit number, read only within `limit`. @throws {WireError} past it */
export function wordAt(bytes: Buffer, at: number, limit: number): number {
  if (at + 4 > limit) throw new WireError(`four bytes are missing at ${at} of ${limit}`);
  return bytes.readUInt32BE(at);
}

/** A piece of a buffer: `start` included, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The content of a string, symbol or binary value at `at`, without its prefix.
 *
 * @returns undefined when the value is of another type
 * @throws {WireError} when the content reaches past `limit`
 */
export function contentOf(bytes: Buffer, at: number, limit: number): Span | undefined {
  const width = byteAt(bytes, at, limit) >>> 4;
  if (width !== 0xa && width !== 0xb) return undefined;
  return { start: at + (width === 0xa ? 2 : 5), end: skipValue(bytes, at, limit) };
}

/**
 * The items of a list or map at `at`: the span of what follows the count, and the count.
 *
 * @returns undefined when the value is neither a list nor a map
 * @throws {WireError} when it reaches past `limit`
 */
export function itemsOf(bytes: Buffer, at: number, limit: number): (Span & { count: number }) | undefined {
  const code = byteAt(bytes, at, limit);
  if (code === 0x45) return { start: at + 1, end: at + 1, count: 0 };
  const end = skipValue(bytes, at, limit);
  if (code === 0xc0 || code === 0xc1) return { start: at + 3, end, count: byteAt(bytes, at + 2, end) };
  if (code === 0xd0 || code === 0xd1) return { start: at + 9, end, count: wordAt(bytes, at + 5, end) };
  return undefined;
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}
