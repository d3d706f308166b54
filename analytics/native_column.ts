import type { DataChunk } from "@duckdb/node-bindings";
import { numberValues, type Piece, readValues, textReader } from "./column_values.ts";
import type { Column, ColumnType } from "./engine.ts";
import { readPointer, readVector } from "./native_batch.ts";

/** How native DuckDB keeps the values of a column that an analysis may have; `micros` is a timestamp. */
export type CellType =
  | "text"
  | "float"
  | "double"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "boolean"
  | "micros";

/** The types of numbers, and what of typed arrays they are. */
const numberTypes = {
  float: { type: "double", items: Float32Array, divisor: 1 },
  double: { type: "double", items: Float64Array, divisor: 1 },
  int8: { type: "integer", items: Int8Array, divisor: 1 },
  int16: { type: "integer", items: Int16Array, divisor: 1 },
  int32: { type: "integer", items: Int32Array, divisor: 1 },
  int64: { type: "integer", items: BigInt64Array, divisor: 1 },
  micros: { type: "timestamp", items: BigInt64Array, divisor: 1000 },
} as const satisfies Record<string, { type: ColumnType; [more: string]: unknown }>;

/**
 * A column of a result of native DuckDB, by whole chunks: an object a value would cost ten times as much.
 *
 * @throws {RangeError} for an integer that a JavaScript number would round.
 */
export function decodeColumn(
  name: string,
  type: CellType,
  chunks: readonly DataChunk[],
  index: number,
): Column {
  const pieces = (size: number) => chunks.map((chunk) => withoutFullMask(readVector(chunk, index, size)));
  if (type === "text") {
    return { name, type, values: readValues(pieces(textBytes).map(withLengths), readTexts()) };
  }
  if (type === "boolean") {
    return { name, type, values: readValues(pieces(1), (bytes, row) => bytes[row] !== 0) };
  }
  const { type: columnType, items: Items, divisor } = numberTypes[type];
  const numbers = pieces(Items.BYTES_PER_ELEMENT).map(({ rows, valid, items }) => ({
    rows,
    valid,
    items: new Items(items.buffer as ArrayBuffer, items.byteOffset, rows),
  }));
  return { name, type: columnType, values: numberValues(name, numbers, divisor) };
}

/** A mask may be there and say of no row that it is null. */
function withoutFullMask<Items>(piece: Piece<Items>): Piece<Items> {
  const { rows, valid } = piece;
  if (valid === null) return piece;
  const whole = rows >> 3;
  const rest = (1 << (rows & 7)) - 1;
  const isFull = valid.subarray(0, whole).every((bits) => bits === 0xff) &&
    (rest === 0 || (valid[whole]! & rest) === rest);
  return isFull ? { ...piece, valid: null } : piece;
}

/** DuckDB's string_t: the length in 4 bytes, then up to 12 bytes of text, or 4 of them and a pointer to all. */
const textBytes = 16;
const inlineBytes = 12;

interface Texts {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

const withLengths = ({ rows, valid, items }: Piece<Uint8Array>): Piece<Texts> => ({
  rows,
  valid,
  items: { bytes: items, words: new Uint32Array(items.buffer, items.byteOffset, rows * textBytes / 4) },
});

/** A pointer's bytes are fetched by a call into native code, which is dearer than to decode them. */
function readTexts(): (texts: Texts, row: number) => string {
  const decode = textReader();
  const decoder = new TextDecoder();
  return ({ bytes, words }, row) => {
    const length = words[row * 4]!;
    const start = row * textBytes + 4;
    if (length <= inlineBytes) return decode(bytes, start, start + length);
    return decoder.decode(readPointer(bytes, start + 4, length));
  };
}
