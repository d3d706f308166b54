/** How a column's values are kept: `micros` is a time in microseconds since the epoch, `long` an integer of 64 bits. */
export type FieldType = "integer" | "long" | "micros" | "double" | "text";

/** A column in the form that Arrow wants it in, and DuckDB, too: bit `row` of `valid` is 0 where the value is null. */
export interface BatchColumn {
  readonly name: string;
  readonly type: FieldType;
  readonly valid: Uint8Array;
  /** One number a row; of a `long` and of `micros` two halves of 32 bits, the lower first. */
  readonly numbers: Float64Array | Int32Array;
  /** The UTF-8 of a `text`, all rows in one; row n is what is between offsets n and n + 1. */
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** Rows on their way into a table. */
export interface Batch {
  readonly columns: readonly BatchColumn[];
  readonly rows: number;
}

/** A batch to fill: set the fields of the next row, each of them, then end it. */
export interface BatchBuilder<Field extends string> extends Batch {
  readonly column: Readonly<Record<Field, BatchColumn>>;
  readonly isFull: boolean;
  endRow(): void;
  /** Forgets the rows; the space is used again. */
  clear(): void;
}

/** Space for so many rows; what is not filled costs no memory. */
export function batchBuilder<Field extends string>(
  fields: Readonly<Record<Field, FieldType>>,
  capacity: number,
): BatchBuilder<Field> {
  const names = Object.keys(fields) as Field[];
  const columns = names.map((name) => emptyColumn(name, fields[name], capacity));
  const column = Object.fromEntries(columns.map((column) => [column.name, column]));
  let rows = 0;
  return {
    columns,
    column: column as Record<Field, BatchColumn>,
    get rows() {
      return rows;
    },
    get isFull() {
      return rows === capacity;
    },
    endRow() {
      rows++;
    },
    clear() {
      rows = 0;
      for (const { valid } of columns) valid.fill(0);
    },
  };
}

function emptyColumn(name: string, type: FieldType, capacity: number): BatchColumn {
  const isText = type === "text";
  const perRow = type === "long" || type === "micros" ? 2 : 1;
  return {
    name,
    type,
    valid: new Uint8Array(8 * Math.ceil(capacity / 64)),
    numbers: type === "double" ? new Float64Array(capacity) : new Int32Array(isText ? 0 : capacity * perRow),
    bytes: new Uint8Array(isText ? 1 << 16 : 0),
    offsets: new Int32Array(isText ? capacity + 1 : 0),
  };
}

/** Also takes back what may have been put there before. */
export function setNull({ valid, type, offsets }: BatchColumn, row: number): void {
  valid[row >> 3]! &= ~(1 << (row & 7));
  if (type === "text") offsets[row + 1] = offsets[row]!;
}

/** Of an `integer` and a `double`. */
export function setNumber({ valid, numbers }: BatchColumn, row: number, value: number): void {
  valid[row >> 3]! |= 1 << (row & 7);
  numbers[row] = value;
}

/** Of a `long` and of `micros`: a division by a power of two is exact, and `| 0` takes the rest modulo 2^32. */
export function setLong({ valid, numbers }: BatchColumn, row: number, value: number | bigint): void {
  const isNumber = typeof value === "number";
  valid[row >> 3]! |= 1 << (row & 7);
  numbers[2 * row] = isNumber ? value | 0 : Number(BigInt.asIntN(32, value));
  numbers[2 * row + 1] = isNumber ? Math.floor(value / 2 ** 32) : Number(value >> 32n);
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

export function setText(column: BatchColumn, row: number, text: string): void {
  const start = column.offsets[row]!;
  // A UTF-16 code unit takes three bytes of UTF-8 at most.
  const room = textRoom(column, row, 3 * text.length);
  column.valid[row >> 3]! |= 1 << (row & 7);
  column.offsets[row + 1] = start + utf8.encodeInto(text, room.subarray(start)).written;
}

/** A row of a `text`; `null` where it has none. */
export function getText({ valid, bytes, offsets }: BatchColumn, row: number): string | null {
  const isValid = (valid[row >> 3]! >> (row & 7)) & 1;
  return isValid ? fromUtf8.decode(bytes.subarray(offsets[row], offsets[row + 1])) : null;
}

/** The bytes of a text column, made larger unless some more of them fit in after the rows before `row`. */
function textRoom(column: BatchColumn, row: number, more: number): Uint8Array {
  const needed = column.offsets[row]! + more;
  if (needed > column.bytes.length) {
    const larger = new Uint8Array(2 * needed);
    larger.set(column.bytes);
    (column as { bytes: Uint8Array }).bytes = larger;
  }
  return column.bytes;
}

/** Gives back at once the memory of bytes that nobody needs any more: the garbage collector would be late. */
export function free({ buffer }: Uint8Array): void {
  (buffer as ArrayBuffer).transfer(0);
}
