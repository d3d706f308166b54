import * as arrow from "apache-arrow";
import type { Batch, BatchColumn } from "./column_batch.ts";
import { numberValues, readValues, textReader } from "./column_values.ts";
import type { Column, ColumnType, Table, Value } from "./engine.ts";

/** A batch as an Arrow IPC stream, without a copy of what it is made of but the stream itself. */
export function encodeBatch({ columns, rows }: Batch): Uint8Array {
  const data = columns.map((column) => columnData(column, rows));
  const fields = columns.map(({ name }, index) => new arrow.Field(name, data[index]!.type, true));
  const schema = new arrow.Schema(fields);
  const struct = arrow.makeData({
    type: new arrow.Struct(fields),
    length: rows,
    nullCount: 0,
    children: data,
  });
  return arrow.RecordBatchStreamWriter.writeAll([new arrow.RecordBatch(schema, struct)]).toUint8Array(true);
}

const magic = "ARROW1\0\0";

/**
 * The stream in an Arrow file, which is what duckdb-wasm gives for a query, but does not take.
 *
 * @throws {TypeError} for bytes that are no such file, or not all of one.
 */
export function arrowStream(file: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1");
  const isWhole = text.decode(file.subarray(0, 8)) === magic && text.decode(file.subarray(-6)) === "ARROW1";
  if (!isWhole) throw new TypeError("the bytes are no Arrow file, or not all of one");
  return file.subarray(8);
}

function columnData({ type, numbers, valid, bytes, offsets }: BatchColumn, length: number): arrow.Data {
  // Arrow itself counts the nulls: where there are none, DuckDB need not look.
  const common = { length, nullBitmap: valid };
  if (type === "text") {
    return arrow.makeData({
      ...common,
      type: new arrow.Utf8(),
      valueOffsets: offsets.subarray(0, length + 1),
      data: bytes.subarray(0, offsets[length]),
    });
  }
  if (type === "double") {
    return arrow.makeData({
      ...common,
      type: new arrow.Float64(),
      data: numbers.subarray(0, length) as Float64Array,
    });
  }
  if (type === "integer") {
    return arrow.makeData({
      ...common,
      type: new arrow.Int32(),
      data: numbers.subarray(0, length) as Int32Array,
    });
  }
  const data = new BigInt64Array(numbers.buffer as ArrayBuffer, 0, length);
  return type === "long"
    ? arrow.makeData({ ...common, type: new arrow.Int64(), data })
    : arrow.makeData({ ...common, type: new arrow.TimestampMicrosecond(), data });
}

/**
 * A result of the database, column by column.
 *
 * @throws {TypeError} for a column of a type that {@link ColumnType} does not have: it says what to cast it to.
 * @throws {RangeError} for an integer that a JavaScript number would round.
 */
export function decodeTable(result: arrow.Table): Table {
  const columns = result.schema.fields.map(({ name, type }, index): Column => {
    const vector = result.getChildAt(index)!;
    return { name, type: columnType(name, type), values: columnValues(name, vector) };
  });
  return { columns, rows: result.numRows };
}

function columnType(name: string, type: arrow.DataType): ColumnType {
  if (arrow.DataType.isUtf8(arrow.DataType.isDictionary(type) ? type.dictionary : type)) return "text";
  if (arrow.DataType.isFloat(type)) return "double";
  if (arrow.DataType.isInt(type)) return "integer";
  if (arrow.DataType.isBool(type)) return "boolean";
  if (arrow.DataType.isTimestamp(type) && type.unit === arrow.TimeUnit.MICROSECOND) return "timestamp";
  throw new TypeError(
    `column "${name}" is ${type}, expected a text, double, integer, boolean or timestamp: cast it`,
  );
}

function columnValues(name: string, { data, type }: arrow.Vector): ArrayLike<Value> {
  const pieces = data.map(({ length, nullCount, nullBitmap, values, valueOffsets, dictionary }) => ({
    rows: length,
    valid: nullCount === 0 ? null : nullBitmap,
    items: { values, offsets: valueOffsets, words: dictionary?.toArray() as string[] },
  }));
  if (arrow.DataType.isDictionary(type)) {
    return readValues(pieces, ({ values, words }, row) => words[values[row]!]!);
  }
  if (arrow.DataType.isUtf8(type)) {
    const read = textReader();
    return readValues(pieces, ({ values, offsets }, row) => read(values, offsets[row]!, offsets[row + 1]!));
  }
  if (arrow.DataType.isBool(type)) {
    return readValues(pieces, ({ values }, row) => (values[row >> 3]! >> (row & 7) & 1) === 1);
  }
  const numbers = pieces.map((piece) => ({ ...piece, items: piece.items.values }));
  return numberValues(name, numbers, arrow.DataType.isTimestamp(type) ? 1000 : 1);
}
