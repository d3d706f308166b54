import { symbolPattern } from "#pipeline/tick.ts";
import { type BatchColumn, setNull, setNumber } from "./column_batch.ts";
import { type Day, readDouble, readInteger, readNull, readTime, skip, textEnd } from "./scan.ts";
import { setTrade, type TickColumns } from "./tick_columns.ts";

const quote = 0x22, newline = 0x0a, minus = 0x2d, brace = 0x7d, bar = 0x7c, nothing = 0x6e;
const utf8 = new TextEncoder();
const ascii = new TextDecoder("latin1");

/** What stands before each value of a stored tick, as pipeline/tick.ts writes it. */
const key = {
  id: utf8.encode('{"id":"'),
  source: utf8.encode(',"source":"'),
  symbol: utf8.encode(',"symbol":"'),
  price: utf8.encode(',"price":'),
  size: utf8.encode(',"size":'),
  side: utf8.encode(',"side":'),
  time: utf8.encode(',"time":"'),
  received_at: utf8.encode(',"received_at":"'),
  partition: utf8.encode(',"partition":'),
  sequence_number: utf8.encode(',"sequence_number":'),
  enqueued_at: utf8.encode(',"enqueued_at":"'),
  generation: utf8.encode(',"generation":"'),
};

/**
 * Reads lines that are ticks exactly as Ticklake writes them, byte by byte and straight into columns, which takes a
 * fraction of the time that JSON.parse takes. The function it returns puts the line that begins at `start` into the next
 * row, and gives where the line after it begins; or -1, with the row as it was, for a line that is in any way different:
 * that is for {@link file://./line.ts} to read, and to say what is wrong with it. The rules are those of pipeline/tick.ts.
 */
export function tickScanner(target: TickColumns): (bytes: Uint8Array, start: number) => number {
  const { column } = target;
  const sources = wordReader(target, /^[a-z0-9_]{1,32}$/);
  const symbols = wordReader(target, symbolPattern);
  const sides = wordReader(target, /^(buy|sell)$/);
  const generations = wordReader(target, /^.{1,256}$/);
  const day: Day = { date: 0, micros: 0 };

  function scan(bytes: Uint8Array, start: number, row: number): number {
    const id = skip(bytes, start, key.id);
    const idEnd = textEnd(bytes, id);
    const source = skip(bytes, idEnd + 1, key.source);
    const sourceEnd = sources(bytes, source, column.source, row);
    const symbol = skip(bytes, sourceEnd, key.symbol);
    const symbolEnd = symbols(bytes, symbol, column.symbol, row);
    if (idEnd === -1 || symbolEnd === -1 || idEnd - id > 256) return -1;
    const trade = tradeStart(bytes, id, idEnd, source, sourceEnd - 1, symbol, symbolEnd - 1);
    if (trade === -1) return -1;
    setTrade(column, row, bytes, trade, idEnd);
    let at = skip(bytes, symbolEnd, key.price);
    at = readDouble(bytes, at, column.price, row);
    if (at === -1 || !(column.price.numbers[row]! > 0)) return -1;
    at = skip(bytes, at, key.size);
    if (bytes[at] === nothing) at = readNull(bytes, at, column.size, row);
    else if (bytes[at] === minus) return -1;
    else at = readDouble(bytes, at, column.size, row);
    at = skip(bytes, at, key.side);
    if (bytes[at] === nothing) at = readNull(bytes, at, column.side, row);
    else at = bytes[at] === quote ? sides(bytes, at + 1, column.side, row) : -1;
    at = readTime(bytes, skip(bytes, at, key.time), column.time, row, day);
    at = readTime(bytes, skip(bytes, at, key.received_at), column.received_at, row, day);
    at = readInteger(bytes, skip(bytes, at, key.partition), column.partition, row);
    at = readInteger(bytes, skip(bytes, at, key.sequence_number), column.sequence_number, row);
    at = readTime(bytes, skip(bytes, at, key.enqueued_at), column.enqueued_at, row, day);
    at = generations(bytes, skip(bytes, at, key.generation), column.generation, row);
    if (at === -1 || bytes[at] !== brace) return -1;
    if (bytes[at + 1] === newline) return at + 2;
    return at + 1 === bytes.length ? at + 1 : -1;
  }

  return (bytes, start) => {
    const { rows } = target;
    const next = scan(bytes, start, rows);
    if (next === -1) { for (const each of target.columns) setNull(each, rows); }
    else target.endRow();
    return next;
  };
}

/** Reads texts of which there are few, without decoding those it has met; it gives where the bytes go on. */
function wordReader(target: TickColumns, pattern: RegExp) {
  const known: { bytes: Uint8Array; code: number }[] = [];
  return (bytes: Uint8Array, start: number, column: BatchColumn, row: number): number => {
    if (start === -1) return -1;
    for (const word of known) {
      const end = skip(bytes, start, word.bytes);
      if (end === -1) continue;
      setNumber(column, row, word.code);
      return end;
    }
    const end = textEnd(bytes, start);
    const word = end === -1 ? "" : ascii.decode(bytes.subarray(start, end));
    if (end === -1 || !pattern.test(word)) return -1;
    const code = target.wordOf(word);
    // With the quote after it, so that none is the beginning of another one.
    if (known.length < 16) known.push({ bytes: bytes.slice(start, end + 1), code });
    setNumber(column, row, code);
    return end + 1;
  };
}

/** Where an id goes on after `source|symbol|`; -1 where it begins in another way, or ends there. */
function tradeStart(
  bytes: Uint8Array,
  id: number,
  idEnd: number,
  source: number,
  sourceEnd: number,
  symbol: number,
  symbolEnd: number,
): number {
  let at = id;
  for (let from = source; from < sourceEnd; from++) if (bytes[at++] !== bytes[from]) return -1;
  if (bytes[at++] !== bar) return -1;
  for (let from = symbol; from < symbolEnd; from++) if (bytes[at++] !== bytes[from]) return -1;
  return bytes[at] === bar && at < idEnd ? at + 1 : -1;
}
