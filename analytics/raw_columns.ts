import { rawFields, type RawTick, type RawType } from "./raw_tick.ts";

/** DuckDB stores rows in groups of this many: chunks that are not whole groups cost it time. */
const rowGroup = 122_880;

/** A column in the form that Arrow wants it in: bit `row` of `valid` is 0 where the value is null. */
export interface RawColumn {
  readonly name: string;
  readonly type: RawType;
  readonly valid: Uint8Array;
  /** One number a row; of a `long` and of `micros` two halves, the lower first; of a `word` its index in `words`. */
  readonly numbers: Float64Array | Int32Array;
  /** The words so far, each once. */
  readonly words: Map<string, number>;
  /** The UTF-8 of a `text`, all rows in one; row n is what is between offsets n and n + 1. */
  bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** Lines on their way to `raw_ticks`, column by column. */
export interface RawColumns {
  readonly columns: readonly RawColumn[];
  readonly rows: number;
  readonly isFull: boolean;
  /** Adds a row; what it has no field for is null. */
  add(blob: string, line: number, tick: RawTick): void;
  /** Adds a row whose fields have been put where they belong already. */
  addFilled(blob: string, line: number): void;
  /** Forgets the rows; the space is used again. */
  clear(): void;
}

/** Space for so many lines; what is not filled costs no memory. */
export function rawColumns(capacity = 8 * rowGroup): RawColumns {
  const place = { blob: "word", line: "integer", problem: "word" } as const;
  const columns = Object.entries({ ...place, ...rawFields }).map(([name, type]) =>
    rawColumn(name, type, capacity)
  );
  const [blobs, lines, problems, ...fields] = columns as [RawColumn, RawColumn, RawColumn, ...RawColumn[]];
  let rows = 0;
  const addFilled = (blob: string, line: number) => {
    setWord(blobs, rows, blob);
    setNumber(lines, rows, line);
    rows++;
  };
  return {
    columns,
    get rows() {
      return rows;
    },
    get isFull() {
      return rows === capacity;
    },
    add(blob, line, { problem, fields: given }) {
      if (problem !== null) setWord(problems, rows, problem);
      const values = given as Record<string, string | number | bigint | undefined>;
      for (const column of fields) set(column, rows, values[column.name]);
      addFilled(blob, line);
    },
    addFilled,
    clear() {
      rows = 0;
      for (const column of columns) {
        column.valid.fill(0);
        column.words.clear();
      }
    },
  };
}

function rawColumn(name: string, type: RawType, capacity: number): RawColumn {
  const isText = type === "text";
  const perRow = type === "long" || type === "micros" ? 2 : 1;
  return {
    name,
    type,
    valid: new Uint8Array(Math.ceil(capacity / 8)),
    numbers: type === "double" ? new Float64Array(capacity) : new Int32Array(isText ? 0 : capacity * perRow),
    words: new Map(),
    bytes: new Uint8Array(isText ? 1 << 16 : 0),
    offsets: new Int32Array(isText ? capacity + 1 : 0),
  };
}

function set(column: RawColumn, row: number, value: string | number | bigint | undefined): void {
  const { type } = column;
  if (value === undefined) setNull(column, row);
  else if (type === "text") setText(column, row, value as string);
  else if (type === "word") setWord(column, row, value as string);
  else if (type === "long" || type === "micros") setLong(column, row, value as number | bigint);
  else setNumber(column, row, value as number);
}

/** Also takes back what may have been put there before. */
export function setNull(column: RawColumn, row: number): void {
  column.valid[row >> 3]! &= ~(1 << (row & 7));
  if (column.type === "text") column.offsets[row + 1] = column.offsets[row]!;
}

export function setNumber({ valid, numbers }: RawColumn, row: number, value: number): void {
  valid[row >> 3]! |= 1 << (row & 7);
  numbers[row] = value;
}

/** Two halves of 32 bits: a division by a power of two is exact, and `| 0` takes the rest modulo 2^32. */
export function setLong({ valid, numbers }: RawColumn, row: number, value: number | bigint): void {
  const isNumber = typeof value === "number";
  valid[row >> 3]! |= 1 << (row & 7);
  numbers[2 * row] = isNumber ? value | 0 : Number(BigInt.asIntN(32, value));
  numbers[2 * row + 1] = isNumber ? Math.floor(value / 2 ** 32) : Number(value >> 32n);
}

export function setWord({ valid, numbers, words }: RawColumn, row: number, word: string): void {
  let index = words.get(word);
  if (index === undefined) words.set(word, index = words.size);
  valid[row >> 3]! |= 1 << (row & 7);
  numbers[row] = index;
}

const utf8 = new TextEncoder();

function setText(column: RawColumn, row: number, text: string): void {
  const start = column.offsets[row]!;
  // A UTF-16 code unit takes three bytes of UTF-8 at most.
  const room = textRoom(column, row, 3 * text.length);
  column.valid[row >> 3]! |= 1 << (row & 7);
  column.offsets[row + 1] = start + utf8.encodeInto(text, room.subarray(start)).written;
}

/** The bytes of a text column, made larger unless some more of them fit in after the rows before `row`. */
export function textRoom(column: RawColumn, row: number, more: number): Uint8Array {
  const needed = column.offsets[row]! + more;
  if (needed > column.bytes.length) {
    const larger = new Uint8Array(2 * needed);
    larger.set(column.bytes);
    column.bytes = larger;
  }
  return column.bytes;
}
