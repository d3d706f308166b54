import type { DataChunk } from "@duckdb/node-bindings";
import { type NumberItems, numberValues, type Piece, readValues, textReader } from "./column_values.ts";
import type { Column, ColumnType } from "./engine.ts";
import { readPointer, readVector } from "./native_batch.ts";

/** How native DuckDB keeps a value of a column; a `word` is one of an enum's, kept as its number. */
export type Cell =
  | { readonly kind: "text" | "boolean" }
  | { readonly kind: "number"; readonly type: ColumnType; readonly items: Items<NumberItems> }
  | { readonly kind: "word"; readonly words: readonly string[]; readonly items: Items<WordItems> };

type WordItems = Uint8Array | Uint16Array | Uint32Array;

/** The constructor of a typed array over memory that is there. */
interface Items<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBuffer, start: number, length: number): T;
}

/**
 * A column of a result of native DuckDB, by whole chunks: an object a value would cost ten times as much.
 *
 * @throws {RangeError} for an integer that a JavaScript number would round.
 */
export function decodeColumn(
  name: string,
  cell: Cell,
  chunks: readonly DataChunk[],
  index: number,
): Column {
  const pieces = (size: number) => chunks.map((chunk) => withoutFullMask(readVector(chunk, index, size)));
  switch (cell.kind) {
    case "text":
      return { name, type: "text", values: readValues(pieces(textBytes).map(withLengths), readTexts()) };
    case "boolean":
      return { name, type: "boolean", values: readValues(pieces(1), (bytes, row) => bytes[row] !== 0) };
    case "word": {
      const { items, words } = cell;
      const numbers = pieces(items.BYTES_PER_ELEMENT).map((piece) => typed(items, piece));
      return { name, type: "text", values: readValues(numbers, (items, row) => words[items[row]!]!) };
    }
    case "number": {
      const { items, type } = cell;
      const numbers = pieces(items.BYTES_PER_ELEMENT).map((piece) => typed(items, piece));
      return { name, type, values: numberValues(name, numbers, type === "timestamp" ? 1000 : 1) };
    }
  }
}

function typed<T>(Items: Items<T>, { rows, valid, items }: Piece<Uint8Array>): Piece<T> {
  return { rows, valid, items: new Items(items.buffer as ArrayBuffer, items.byteOffset, rows) };
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
