import { type BatchColumn, setLong, setNull, setNumber } from "./column_batch.ts";

// The parts of a line, read byte by byte: each function gives where the bytes go on, or -1 where they are not as Ticklake
// writes them, and takes -1 for -1.

const quote = 0x22, backslash = 0x5c, minus = 0x2d, dot = 0x2e, zero = 0x30;
const nothing = new TextEncoder().encode("null");
const ascii = new TextDecoder("latin1");

/** Where the bytes go on after those expected; -1 where they differ. */
export function skip(bytes: Uint8Array, at: number, expected: Uint8Array): number {
  if (at < 0) return -1;
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return -1;
  return at + expected.length;
}

export function readNull(bytes: Uint8Array, at: number, column: BatchColumn, row: number): number {
  setNull(column, row);
  return skip(bytes, at, nothing);
}

/** Where a text ends; -1 where a byte is escaped or not printable ASCII. */
export function textEnd(bytes: Uint8Array, start: number): number {
  if (start === -1) return -1;
  for (let at = start;; at++) {
    const byte = bytes[at]!;
    if (byte === quote) return at;
    if (!(byte >= 0x20 && byte < 0x7f) || byte === backslash) return -1;
  }
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= zero && byte <= zero + 9;

/** A finite number of 0 or more, without an exponent. Up to 15 digits it is an exact quotient of two exact numbers (Clinger, 1990). */
export function readDouble(bytes: Uint8Array, start: number, column: BatchColumn, row: number): number {
  if (start === -1) return -1;
  let digits = 0, at = start, point = -1;
  for (;; at++) {
    const byte = bytes[at];
    if (byte === dot && point === -1) point = at;
    else if (isDigit(byte)) digits = digits * 10 + byte! - zero;
    else break;
  }
  const count = at - start - (point === -1 ? 0 : 1);
  const decimals = point === -1 ? 0 : at - point - 1;
  // JSON has no 01, .5 or 5.; what may follow in JSON but is not read here is an exponent.
  const isJson = isDigit(bytes[start]) && !(bytes[start] === zero && isDigit(bytes[start + 1])) &&
    point !== at - 1;
  if (!isJson || bytes[at] === 0x65 || bytes[at] === 0x45) return -1;
  const value = count <= 15 ? digits / 10 ** decimals : Number(ascii.decode(bytes.subarray(start, at)));
  if (value === Infinity) return -1;
  setNumber(column, row, value);
  return at;
}

/** A whole number of up to 15 digits, 9 for an integer of 32 bits. */
export function readInteger(bytes: Uint8Array, start: number, column: BatchColumn, row: number): number {
  if (start === -1) return -1;
  let value = 0, at = start;
  for (; isDigit(bytes[at]); at++) value = value * 10 + bytes[at]! - zero;
  const count = at - start;
  const isPlain = count > 0 && count <= (column.type === "long" ? 15 : 9) &&
    (bytes[start] !== zero || count === 1);
  if (!isPlain || bytes[at] === dot || bytes[at] === 0x65 || bytes[at] === 0x45) return -1;
  if (column.type === "long") setLong(column, row, value);
  else setNumber(column, row, value);
  return at;
}

/** The last date met: its digits as a number, and its midnight in microseconds since the epoch. */
export interface Day {
  date: number;
  micros: number;
}

/** Of `2026-05-01T12:00:00.000Z"` with three or six decimals: what Ticklake writes. */
export function readTime(bytes: Uint8Array, at: number, column: BatchColumn, row: number, day: Day): number {
  if (at === -1) return -1;
  const date = number(bytes, at, 4) * 10_000 + number(bytes, at + 5, 2) * 100 + number(bytes, at + 8, 2);
  const hour = number(bytes, at + 11, 2),
    minute = number(bytes, at + 14, 2),
    second = number(bytes, at + 17, 2);
  const decimals = bytes[at + 23] === 0x5a ? 3 : 6;
  const fraction = number(bytes, at + 20, decimals) * (decimals === 3 ? 1000 : 1);
  const end = at + 20 + decimals;
  const isTime = bytes[at + 4] === minus && bytes[at + 7] === minus && bytes[at + 10] === 0x54 &&
    bytes[at + 13] === 0x3a && bytes[at + 16] === 0x3a && bytes[at + 19] === dot && bytes[end] === 0x5a &&
    bytes[end + 1] === quote && hour < 24 && minute < 60 && second < 60 && fraction >= 0;
  if (!isTime) return -1;
  if (date !== day.date && !findDay(date, day)) return -1;
  setLong(column, row, day.micros + ((hour * 60 + minute) * 60 + second) * 1e6 + fraction);
  return end + 2;
}

/** The number that some digits make; NaN where one is none. */
function number(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = isDigit(bytes[at + i]) ? value * 10 + bytes[at + i]! - zero : NaN;
  return value;
}

/** Finds a date's midnight; `false` where there is no such date, or times would not be exact (see time.ts). */
function findDay(date: number, day: Day): boolean {
  const [year, month, dayOfMonth] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  const midnight = new Date(Date.UTC(year, month - 1, dayOfMonth));
  if (
    year < 1700 || year > 2254 || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== dayOfMonth
  ) {
    return false;
  }
  day.date = date;
  day.micros = midnight.getTime() * 1000;
  return true;
}
