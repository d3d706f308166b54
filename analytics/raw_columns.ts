import type { BlobLine } from "./ndjson.ts";
import { rawFields, type RawType } from "./raw_tick.ts";

/** DuckDB stores rows in groups of this many: chunks that are not whole groups cost it time. */
const rowGroup = 122_880;
const capacity = 8 * rowGroup;

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
  add(line: BlobLine): void;
  /** Forgets the rows; the space is used again. */
  clear(): void;
}

/** Space for about a million lines; what is not filled costs no memory. */
export function rawColumns(): RawColumns {
  const place = { blob: "word", line: "integer", problem: "word" } as const;
  const columns = Object.entries({ ...place, ...rawFields }).map(([name, type]) => rawColumn(name, type));
  const [blobs, lines, problems, ...fields] = columns as [RawColumn, RawColumn, RawColumn, ...RawColumn[]];
  let rows = 0;
  return {
    columns,
    get rows() {
      return rows;
    },
    get isFull() {
      return rows === capacity;
    },
    add({ blob, line, tick }) {
      set(blobs, rows, blob);
      set(lines, rows, line);
      set(problems, rows, tick.problem ?? undefined);
      const values = tick.fields as Record<string, string | number | bigint | undefined>;
      for (const column of fields) set(column, rows, values[column.name]);
      rows++;
    },
    clear() {
      rows = 0;
      for (const column of columns) {
        column.valid.fill(0);
        column.words.clear();
      }
    },
  };
}

function rawColumn(name: string, type: RawType): RawColumn {
  const isText = type === "text";
  const perRow = type === "long" || type === "micros" ? 2 : 1;
  return {
    name,
    type,
    valid: new Uint8Array(capacity / 8),
    numbers: type === "double" ? new Float64Array(capacity) : new Int32Array(isText ? 0 : capacity * perRow),
    words: new Map(),
    bytes: new Uint8Array(isText ? 1 << 16 : 0),
    offsets: new Int32Array(isText ? capacity + 1 : 0),
  };
}

function set(column: RawColumn, row: number, value: string | number | bigint | undefined): void {
  if (column.type === "text") setText(column, row, value as string | undefined);
  if (value === undefined) return;
  column.valid[row >> 3]! |= 1 << (row & 7);
  if (column.type === "word") {
    column.numbers[row] = wordIndex(column.words, value as string);
  } else if (column.type === "long" || column.type === "micros") {
    setLong(column.numbers, row, value as number | bigint);
  } else if (column.type !== "text") {
    column.numbers[row] = value as number;
  }
}

function wordIndex(words: Map<string, number>, word: string): number {
  const known = words.get(word);
  if (known !== undefined) return known;
  words.set(word, words.size);
  return words.size - 1;
}

/** Two halves of 32 bits: a division by a power of two is exact, and `| 0` takes the rest modulo 2^32. */
function setLong(halves: RawColumn["numbers"], row: number, value: number | bigint): void {
  const isNumber = typeof value === "number";
  halves[2 * row] = isNumber ? value | 0 : Number(BigInt.asIntN(32, value));
  halves[2 * row + 1] = isNumber ? Math.floor(value / 2 ** 32) : Number(value >> 32n);
}

const utf8 = new TextEncoder();

function setText(column: RawColumn, row: number, text = ""): void {
  const start = column.offsets[row]!;
  // A UTF-16 code unit takes three bytes of UTF-8 at most.
  if (start + 3 * text.length > column.bytes.length) {
    const larger = new Uint8Array(2 * (start + 3 * text.length));
    larger.set(column.bytes);
    column.bytes = larger;
  }
  column.offsets[row + 1] = start + utf8.encodeInto(text, column.bytes.subarray(start)).written;
}
