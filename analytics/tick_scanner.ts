import {
  type RawColumn,
  type RawColumns,
  setLong,
  setNull,
  setNumber,
  setWord,
  textRoom,
} from "./raw_columns.ts";

/** The fields of a stored tick in the order in which pipeline/tick.ts writes them, with what stands before each value. */
const order =
  "id source symbol price size side time received_at partition sequence_number enqueued_at generation".split(
    " ",
  );

const quote = 0x22, backslash = 0x5c, newline = 0x0a, minus = 0x2d, dot = 0x2e, zero = 0x30, brace = 0x7d;
const utf8 = new TextEncoder();
const nothing = utf8.encode("null");
const ascii = new TextDecoder("latin1");

/**
 * Reads lines that are exactly as Ticklake writes them, byte by byte and straight into columns, which takes a fraction of
 * the time that JSON.parse takes. The function it returns puts the line that begins at `start` into the next row, and
 * gives where the line after it begins; or -1, with the row as it was, for a line that is in any way different: that is
 * for {@link file://./raw_tick.ts} to read.
 */
export function tickScanner(target: RawColumns): (bytes: Uint8Array, start: number) => number {
  const fields = order.map((name, index) => ({
    column: target.columns.find((column) => column.name === name)!,
    key: utf8.encode(`${index === 0 ? "{" : ","}"${name}":`),
    known: [] as Word[],
  }));
  const days: Day = { date: 0, micros: 0 };
  return (bytes, start) => {
    const row = target.rows;
    let at = start;
    for (const { column, key, known } of fields) {
      at = skip(bytes, at, key);
      if (at !== -1) at = readValue(bytes, at, column, row, known, days);
      if (at === -1) break;
    }
    if (at !== -1 && bytes[at] === brace) {
      if (bytes[at + 1] === newline) return at + 2;
      if (at + 1 === bytes.length) return at + 1;
    }
    for (const { column } of fields) setNull(column, row);
    return -1;
  };
}

/** A word in bytes, to find it again without decoding. */
interface Word {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** The last date met: its digits as a number, and its midnight in microseconds since the epoch. */
interface Day {
  date: number;
  micros: number;
}

/** Where the bytes go on after those expected; -1 where they differ. */
function skip(bytes: Uint8Array, at: number, expected: Uint8Array): number {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return -1;
  return at + expected.length;
}

/** Where the bytes go on after a value; -1 for one that is not as Ticklake writes it. */
function readValue(
  bytes: Uint8Array,
  at: number,
  column: RawColumn,
  row: number,
  known: Word[],
  day: Day,
): number {
  if (bytes[at] === nothing[0]) {
    setNull(column, row);
    return skip(bytes, at, nothing);
  }
  if (column.type === "double") return readDouble(bytes, at, column, row);
  if (column.type === "integer" || column.type === "long") return readInteger(bytes, at, column, row);
  if (bytes[at] !== quote) return -1;
  if (column.type === "micros") return readTime(bytes, at + 1, column, row, day);
  const end = textEnd(bytes, at + 1);
  if (end === -1) return -1;
  if (column.type === "word") setWord(column, row, wordAt(bytes, at + 1, end, known));
  else copyText(bytes, at + 1, end, column, row);
  return end + 1;
}

/** Where a text ends; -1 where a byte is escaped or not printable ASCII. */
function textEnd(bytes: Uint8Array, start: number): number {
  for (let at = start;; at++) {
    const byte = bytes[at]!;
    if (byte === quote) return at;
    if (!(byte >= 0x20 && byte < 0x7f) || byte === backslash) return -1;
  }
}

function wordAt(bytes: Uint8Array, start: number, end: number, known: Word[]): string {
  for (const word of known) {
    if (word.bytes.length === end - start && skip(bytes, start, word.bytes) === end) return word.text;
  }
  const word = { text: ascii.decode(bytes.subarray(start, end)), bytes: bytes.slice(start, end) };
  if (known.length < 16) known.push(word);
  return word.text;
}

function copyText(bytes: Uint8Array, start: number, end: number, column: RawColumn, row: number): void {
  const offset = column.offsets[row]!;
  const room = textRoom(column, row, end - start);
  for (let at = start; at < end; at++) room[offset + at - start] = bytes[at]!;
  column.valid[row >> 3]! |= 1 << (row & 7);
  column.offsets[row + 1] = offset + end - start;
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= zero && byte <= zero + 9;

/** A number without an exponent. Up to 15 digits it is an exact quotient of two exact numbers (Clinger, 1990). */
function readDouble(bytes: Uint8Array, start: number, column: RawColumn, row: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let digits = 0, at = first, point = -1;
  for (;; at++) {
    const byte = bytes[at];
    if (byte === dot && point === -1) point = at;
    else if (isDigit(byte)) digits = digits * 10 + byte! - zero;
    else break;
  }
  const count = at - first - (point === -1 ? 0 : 1);
  const decimals = point === -1 ? 0 : at - point - 1;
  // JSON has no 01, .5 or 5.; what may follow in JSON but is not read here is an exponent.
  const isJson = isDigit(bytes[first]) && !(bytes[first] === zero && isDigit(bytes[first + 1])) &&
    point !== at - 1;
  if (!isJson || bytes[at] === 0x65 || bytes[at] === 0x45) return -1;
  const size = count <= 15 ? digits / 10 ** decimals : Number(ascii.decode(bytes.subarray(first, at)));
  setNumber(column, row, first === start ? size : -size);
  return at;
}

/** A whole number of up to 15 digits, 9 for an integer of 32 bits. */
function readInteger(bytes: Uint8Array, start: number, column: RawColumn, row: number): number {
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

/** Of `2026-05-01T12:00:00.000Z"` with three or six decimals: what Ticklake writes. */
function readTime(bytes: Uint8Array, at: number, column: RawColumn, row: number, day: Day): number {
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
