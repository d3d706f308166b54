import type { Value } from "./engine.ts";
import { safeInteger } from "./safe_integer.ts";

/** Some rows of a column as they lie in a database's memory, one after the other. */
export interface Piece<Items> {
  readonly rows: number;
  /** Bit `row`, the lowest of a byte first, is 0 where the value is null; `null` where none is. */
  readonly valid: Uint8Array | null;
  readonly items: Items;
}

/** Numbers as databases keep them; what lies where a value is null means nothing. */
export type NumberItems = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | BigInt64Array;

/**
 * Values of a column of numbers.
 *
 * @param divisor What each is divided by: 1000, where microseconds become milliseconds.
 * @throws {RangeError} for an integer that a JavaScript number would round.
 */
export function numberValues(
  name: string,
  pieces: readonly Piece<NumberItems>[],
  divisor: number,
): ArrayLike<Value> {
  const numbers = new Float64Array(countRows(pieces));
  let start = 0;
  for (const piece of pieces) {
    const part = numbers.subarray(start, start + piece.rows);
    if (piece.items instanceof BigInt64Array) {
      readIntegers(name, { ...piece, items: piece.items }, start, part);
    } else part.set(piece.items.subarray(0, piece.rows));
    start += piece.rows;
  }
  if (divisor !== 1) { for (let row = 0; row < numbers.length; row++) numbers[row]! /= divisor; }
  return withNulls(numbers, pieces);
}

/** By halves of 32 bits: a BigInt a row would cost ten times as much. */
function readIntegers(
  name: string,
  { rows, valid, items }: Piece<BigInt64Array>,
  start: number,
  numbers: Float64Array,
): void {
  const halves = new Int32Array(items.buffer, items.byteOffset, 2 * rows);
  for (let row = 0; row < rows; row++) {
    const number = halves[2 * row + 1]! * 2 ** 32 + (halves[2 * row]! >>> 0);
    numbers[row] = Number.isSafeInteger(number) || isNull(valid, row)
      ? number
      : safeInteger(items[row]!, name, start + row);
  }
}

/** Values with null put where the pieces say so; a typed array stays one where they say it nowhere. */
export function withNulls(values: ArrayLike<Value>, pieces: readonly Piece<unknown>[]): ArrayLike<Value> {
  if (pieces.every(({ valid }) => valid === null)) return values;
  const nullable = new Array<Value>(values.length);
  let start = 0;
  for (const { rows, valid } of pieces) {
    for (let row = 0; row < rows; row++) {
      nullable[start + row] = isNull(valid, row) ? null : values[start + row]!;
    }
    start += rows;
  }
  return nullable;
}

/** Values that have to be made one by one; `read` makes that of a row of a piece where it is not null. */
export function readValues<Items>(
  pieces: readonly Piece<Items>[],
  read: (items: Items, row: number) => Value,
): ArrayLike<Value> {
  const values = new Array<Value>(countRows(pieces));
  let start = 0;
  for (const { rows, valid, items } of pieces) {
    for (let row = 0; row < rows; row++) {
      values[start + row] = isNull(valid, row) ? null : read(items, row);
    }
    start += rows;
  }
  return values;
}

function isNull(valid: Uint8Array | null, row: number): boolean {
  return valid !== null && (valid[row >> 3]! >> (row & 7) & 1) === 0;
}

function countRows(pieces: readonly Piece<unknown>[]): number {
  return pieces.reduce((sum, { rows }) => sum + rows, 0);
}

/** How many texts are remembered, a power of two. */
const slots = 256;

/** Where a text is that was decoded. */
interface Decoded {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Decodes UTF-8. Most columns of texts have few different ones, so the last ones are remembered, each in the slot that its
 * bytes give. The bytes may not change meanwhile.
 */
export function textReader(): (bytes: Uint8Array, start: number, end: number) => string {
  const decoder = new TextDecoder();
  const last = new Array<Decoded | undefined>(slots).fill(undefined);
  return (bytes, start, end) => {
    const length = end - start;
    let hash = length;
    for (let place = start; place < end; place++) hash = Math.imul(hash, 31) + bytes[place]! | 0;
    const known = last[hash & slots - 1];
    if (known !== undefined && isSame(known, bytes, start, length)) return known.text;
    const text = decoder.decode(bytes.subarray(start, end));
    last[hash & slots - 1] = { bytes, start, length, text };
    return text;
  };
}

function isSame(known: Decoded, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let place = 0; place < length; place++) {
    if (known.bytes[known.start + place] !== bytes[start + place]) return false;
  }
  return true;
}
