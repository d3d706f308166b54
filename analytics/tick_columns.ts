import {
  type BatchBuilder,
  batchBuilder,
  type BatchColumn,
  type FieldType,
  setLong,
  setNull,
  setNumber,
  setText,
} from "./column_batch.ts";

/** A stored tick as it is kept in a table. Times are microseconds since the epoch. */
export interface TickFields {
  readonly id: string;
  readonly source: string;
  readonly symbol: string;
  readonly price: number;
  readonly size: number | null;
  readonly side: string | null;
  readonly time: number;
  readonly received_at: number;
  readonly partition: number | null;
  readonly sequence_number: number | bigint | null;
  readonly enqueued_at: number | null;
  readonly generation: string | null;
}

/**
 * The columns of the table `lines` (sql/lines.sql). An id is taken apart, since most of it is `source|symbol|` again and
 * the rest nearly always a number: `trade`, or else `trade_text`. A text of which there are few is kept as its number.
 */
const fields = {
  symbol: "integer",
  source: "integer",
  side: "integer",
  generation: "integer",
  trade: "long",
  trade_text: "text",
  time: "micros",
  received_at: "micros",
  price: "double",
  size: "double",
  partition: "integer",
  sequence_number: "long",
  enqueued_at: "micros",
} as const satisfies Record<string, FieldType>;

/** Ticks on their way to the table `lines`. */
export interface TickColumns extends BatchBuilder<keyof typeof fields> {
  /** Each text so far with its number, which counts from 1; they outlive the rows. */
  readonly words: ReadonlyMap<string, number>;
  /** The number of a text. */
  wordOf(text: string): number;
  add(tick: TickFields): void;
}

/** DuckDB stores rows in groups of this many: batches that are not whole groups cost it time. */
const rowGroup = 122_880;

/** Space for so many ticks. */
export function tickColumns(capacity = 4 * rowGroup): TickColumns {
  const batch = batchBuilder(fields, capacity);
  const { column } = batch;
  const words = new Map<string, number>();
  const wordOf = (text: string) => {
    let code = words.get(text);
    if (code === undefined) words.set(text, code = words.size + 1);
    return code;
  };
  const setWord = (column: BatchColumn, row: number, text: string | null) =>
    text === null ? setNull(column, row) : setNumber(column, row, wordOf(text));
  return Object.assign(batch, {
    words,
    wordOf,
    add(tick: TickFields) {
      const row = batch.rows;
      const { id, source, symbol } = tick;
      setWord(column.symbol, row, symbol);
      setWord(column.source, row, source);
      setWord(column.side, row, tick.side);
      setWord(column.generation, row, tick.generation);
      const trade = utf8.encode(id.slice(source.length + symbol.length + 2));
      setTrade(column, row, trade, 0, trade.length);
      setLong(column.time, row, tick.time);
      setLong(column.received_at, row, tick.received_at);
      setNumber(column.price, row, tick.price);
      setOptional(setNumber, column.size, row, tick.size);
      setOptional(setNumber, column.partition, row, tick.partition);
      setOptional(setLong, column.sequence_number, row, tick.sequence_number);
      setOptional(setLong, column.enqueued_at, row, tick.enqueued_at);
      batch.endRow();
    },
  });
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

function setOptional<T>(
  set: (column: BatchColumn, row: number, value: T) => void,
  column: BatchColumn,
  row: number,
  value: T | null,
): void {
  if (value === null) setNull(column, row);
  else set(column, row, value);
}

/** What an id says after `source|symbol|`: a number, if nothing else but it is written so, or a text. */
export function setTrade(
  column: { readonly trade: BatchColumn; readonly trade_text: BatchColumn },
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const number = plainNumber(bytes, start, end);
  if (number === -1) {
    setNull(column.trade, row);
    setText(column.trade_text, row, fromUtf8.decode(bytes.subarray(start, end)));
  } else {
    setLong(column.trade, row, number);
    setNull(column.trade_text, row);
  }
}

/** The number of decimal digits without leading zeros, if it is exact; -1 of anything else. */
function plainNumber(bytes: Uint8Array, start: number, end: number): number {
  const count = end - start;
  if (count === 0 || count > 16 || (bytes[start] === 0x30 && count > 1)) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1;
}
