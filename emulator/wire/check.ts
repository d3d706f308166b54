import type { Buffer } from "node:buffer";
import { byteAt, itemsOf, skipValue, WireError, wordAt } from "./values.ts";

const DEEPEST = 16;
const MOST_ARRAY_ITEMS = 4096;

/**
 * Enters a value and everything in it, and says where it ends. A decoder that trusts counts (as rhea's does) may
 * read a checked value without recursing deep or making a huge array out of a few bytes.
 *
 * @throws {WireError} on nesting deeper than 16, counts that disagree with sizes, arrays of more than 4096 items,
 * unknown format codes, and values that reach past `limit`
 */
export function checkValue(bytes: Buffer, at: number, limit: number, depth = 0): number {
  if (depth > DEEPEST) throw new WireError(`values are nested deeper than ${DEEPEST} at ${at}`);
  if (byteAt(bytes, at, limit) === 0x00) {
    const value = checkValue(bytes, at + 1, limit, depth + 1);
    return checkValue(bytes, value, limit, depth + 1);
  }
  const end = skipValue(bytes, at, limit);
  const code = bytes[at]! >>> 4;
  if (code === 0xc || code === 0xd) checkItems(bytes, at, end, depth);
  if (code === 0xe || code === 0xf) checkArray(bytes, at, end, depth);
  return end;
}

function checkItems(bytes: Buffer, at: number, end: number, depth: number): void {
  const items = itemsOf(bytes, at, end);
  if (items === undefined) throw new WireError(`unknown compound at ${at}`);
  let position = items.start;
  // Each item takes at least a byte, so a count that lies runs out of bytes at once.
  for (let item = 0; item < items.count; item++) position = checkValue(bytes, position, end, depth + 1);
  if (position !== end) throw new WireError(`a compound at ${at} ends at ${position}, its size says ${end}`);
}

function checkArray(bytes: Buffer, at: number, end: number, depth: number): void {
  const wide = bytes[at]! >>> 4 === 0xf;
  const count = wide ? wordAt(bytes, at + 5, end) : byteAt(bytes, at + 2, end);
  const constructor = at + (wide ? 9 : 3);
  if (count > MOST_ARRAY_ITEMS) throw new WireError(`an array at ${at} claims ${count} items`);
  if (byteAt(bytes, constructor, end) === 0x00) checkValue(bytes, constructor + 1, end, depth + 1);
  else if (bytes[constructor]! >>> 4 >= 0xc) throw new WireError(`an array of compounds at ${at}`);
}
