import { symbolPattern } from "#pipeline/tick.ts";
import { type BatchColumn, setLong, setNull, setNumber } from "./column_batch.ts";
import { type ParquetColumn, type ParquetGroup, readParquet } from "./parquet_file.ts";
import { isNull, readRow } from "./parquet_row.ts";
import type { ParquetColumns } from "./parquet_schema.ts";
import { setTrade, type TickColumns } from "./tick_columns.ts";

/** The columns of `deno task export --format parquet`; what the hub adds may be absent, as in a line. */
const columns = {
  symbol: { kind: "bytes", optional: false },
  time: { kind: "time", optional: false },
  price: { kind: "number", optional: false },
  size: { kind: "number", optional: true },
  side: { kind: "bytes", optional: true },
  source: { kind: "bytes", optional: false },
  id: { kind: "bytes", optional: false },
  received_at: { kind: "time", optional: false },
  enqueued_at: { kind: "time", optional: true },
  partition: { kind: "integer", optional: true },
  sequence_number: { kind: "integer", optional: true },
  generation: { kind: "bytes", optional: true },
} as const satisfies ParquetColumns;

/** What a tick has; a column that the file does not have is null in every row. */
export type TickGroupColumns = Readonly<Record<keyof typeof columns, ParquetColumn>>;

/** Rows of a Parquet file that are to be ticks. */
export interface TickGroup extends ParquetGroup {
  readonly column: TickGroupColumns;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();
const ascii = new TextDecoder("latin1");

/**
 * The rows of a Parquet file, row group by row group. A symbol that stands in the file's name instead, `symbol=BTC-USD/`
 * as Hive writes it, is that of all its rows.
 *
 * @throws {Error} for a file whose compression is unknown.
 */
export async function* readTickGroups(name: string, bytes: Uint8Array): AsyncIterable<TickGroup> {
  const [, symbol] = /(?:^|\/)symbol=([^/]+)\//.exec(name) ?? [];
  const wanted = { ...columns, symbol: { ...columns.symbol, optional: symbol !== undefined } };
  for await (const group of readParquet(name, bytes, wanted)) {
    const { rows } = group;
    const absent = { values: new Array(rows), numbers: new Float64Array(rows).fill(NaN) };
    const named = {
      ...absent,
      values: new Array(rows).fill(symbol === undefined ? null : utf8.encode(symbol)),
    };
    const all: Record<string, ParquetColumn> = { symbol: named, ...group.column };
    const column = Object.fromEntries(Object.keys(columns).map((field) => [field, all[field] ?? absent]));
    yield { ...group, column: column as TickGroupColumns };
  }
}

/**
 * The ids of all rows.
 *
 * @throws {Error} when the file cannot be read from its beginning to its end.
 */
export async function* readIds(name: string, bytes: Uint8Array): AsyncIterable<string> {
  for await (const { problem, column } of readParquet(name, bytes, { id: columns.id })) {
    if (problem !== null) throw new Error(`Cannot read ${name}: ${problem}`);
    for (const id of Array.from(column.id!.values)) yield fromUtf8.decode(id as Uint8Array);
  }
}

/**
 * Puts rows of Parquet files into columns. The function it returns takes a group's columns, and gives another one that puts
 * the row of a number, which counts from 0, into the next row of the target; what that gives says why it is no tick. The
 * rules are those of pipeline/tick.ts and {@link file://./line.ts}.
 */
export function tickReader(
  target: TickColumns,
): (from: TickGroupColumns) => (row: number) => string | null {
  const sources = wordReader(target, /^[a-z0-9_]{1,32}$/);
  const symbols = wordReader(target, symbolPattern);
  const sides = wordReader(target, /^(buy|sell)$/);
  const generations = wordReader(target, /^[ -~]{1,256}$/);
  return (from) => (row) => {
    const source = sources(from.source, row), symbol = symbols(from.symbol, row);
    const side = sides(from.side, row), generation = generations(from.generation, row);
    const id = from.id.values[row] as Uint8Array | null | undefined;
    const isPlain = source > 0 && symbol > 0 && side >= 0 && generation >= 0 && id &&
      hasPlainNumbers(from, row);
    const trade = isPlain ? tradeStart(id, from.source.values[row], from.symbol.values[row]) : -1;
    if (trade === -1) {
      // What is in any way different is rare.
      const { tick, problem } = readRow(from, row);
      if (tick !== null) target.add(tick);
      return problem;
    }
    const { column, rows } = target;
    setWord(column.symbol, rows, symbol);
    setWord(column.source, rows, source);
    setWord(column.side, rows, side);
    setWord(column.generation, rows, generation);
    setTrade(column, rows, id!, trade, id!.length);
    setNumbers(target, from, row);
    target.endRow();
    return null;
  };
}

function hasPlainNumbers(from: TickGroupColumns, row: number): boolean {
  const price = from.price.numbers[row]!, size = from.size.numbers[row]!;
  const partition = from.partition.numbers[row]!;
  return price > 0 && price < Infinity && (size >= 0 && size < Infinity || isNull(from.size, row)) &&
    Number.isSafeInteger(from.time.numbers[row]) && Number.isSafeInteger(from.received_at.numbers[row]) &&
    (Number.isSafeInteger(from.enqueued_at.numbers[row]) || isNull(from.enqueued_at, row)) &&
    (partition === (partition | 0) || isNull(from.partition, row)) &&
    (Number.isSafeInteger(from.sequence_number.numbers[row]) || isNull(from.sequence_number, row));
}

function setNumbers({ column, rows }: TickColumns, from: TickGroupColumns, row: number): void {
  setLong(column.time, rows, from.time.numbers[row]!);
  setLong(column.received_at, rows, from.received_at.numbers[row]!);
  setNumber(column.price, rows, from.price.numbers[row]!);
  setOptional(setNumber, column.size, rows, from.size.numbers[row]!);
  setOptional(setNumber, column.partition, rows, from.partition.numbers[row]!);
  setOptional(setLong, column.sequence_number, rows, from.sequence_number.numbers[row]!);
  setOptional(setLong, column.enqueued_at, rows, from.enqueued_at.numbers[row]!);
}

function setOptional(
  set: (column: BatchColumn, row: number, value: number) => void,
  column: BatchColumn,
  row: number,
  value: number,
): void {
  if (Number.isNaN(value)) setNull(column, row);
  else set(column, row, value);
}

function setWord(column: BatchColumn, row: number, code: number): void {
  if (code === 0) setNull(column, row);
  else setNumber(column, row, code);
}

/**
 * Gives the number of a text of which there are few, without decoding those it has met: 0 of a null, -1 of a text that is
 * not of the pattern.
 */
function wordReader(target: TickColumns, pattern: RegExp): (from: ParquetColumn, row: number) => number {
  const known: { readonly bytes: Uint8Array; readonly code: number }[] = [];
  const codeOf = (bytes: Uint8Array): number => {
    for (const word of known) if (isSame(word.bytes, bytes)) return word.code;
    const text = ascii.decode(bytes);
    if (!pattern.test(text)) return -1;
    const code = target.wordOf(text);
    if (known.length < 16) known.push({ bytes: bytes.slice(), code });
    return code;
  };
  let last: unknown, lastCode = 0;
  return ({ values }, row) => {
    const value = values[row];
    // The rows of a file with a dictionary share its values.
    if (value !== last) lastCode = value ? codeOf(value as Uint8Array) : 0;
    last = value;
    return lastCode;
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** Where an id goes on after `source|symbol|`; -1 where it begins in another way, is too long or not printable ASCII. */
function tradeStart(id: Uint8Array, source: unknown, symbol: unknown): number {
  const start = skipPart(id, skipPart(id, 0, source as Uint8Array), symbol as Uint8Array);
  if (id.length > 256) return -1;
  for (let at = start; at >= 0 && at < id.length; at++) if (!(id[at]! >= 0x20 && id[at]! < 0x7f)) return -1;
  return start;
}

/** Where an id goes on after a part and a bar. */
function skipPart(id: Uint8Array, start: number, part: Uint8Array): number {
  if (start === -1) return -1;
  let at = start;
  for (let from = 0; from < part.length; from++) if (id[at++] !== part[from]) return -1;
  return id[at] === 0x7c ? at + 1 : -1;
}
