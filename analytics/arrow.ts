import * as arrow from "apache-arrow";
import type { Column, ColumnType, Table, Value } from "./engine.ts";
import type { RawColumn, RawColumns } from "./raw_columns.ts";
import { safeInteger } from "./safe_integer.ts";

/** Rows of `raw_ticks` as an Arrow IPC stream, without a copy of what they are made of but the stream itself. */
export function encodeRawColumns({ columns, rows }: RawColumns): Uint8Array {
  const data = columns.map((column) => rawData(column, rows));
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

function rawData(column: RawColumn, length: number): arrow.Data {
  const { numbers, valid: nullBitmap } = column;
  switch (column.type) {
    case "text": {
      const { bytes, offsets } = column;
      const data = bytes.subarray(0, offsets[length]);
      const valueOffsets = offsets.subarray(0, length + 1);
      return arrow.makeData({ type: new arrow.Utf8(), length, nullBitmap, valueOffsets, data });
    }
    case "word": {
      const dictionary = arrow.vectorFromArray([...column.words.keys(), ""], new arrow.Utf8());
      const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
      const data = numbers.subarray(0, length) as Int32Array;
      return arrow.makeData({ type, length, nullBitmap, data, dictionary });
    }
    case "double":
      return arrow.makeData({
        type: new arrow.Float64(),
        length,
        nullBitmap,
        data: numbers.subarray(0, length) as Float64Array,
      });
    case "integer":
      return arrow.makeData({
        type: new arrow.Int32(),
        length,
        nullBitmap,
        data: numbers.subarray(0, length) as Int32Array,
      });
    case "long":
    case "micros": {
      const data = new BigInt64Array(numbers.buffer as ArrayBuffer, 0, length);
      return column.type === "long"
        ? arrow.makeData({ type: new arrow.Int64(), length, nullBitmap, data })
        : arrow.makeData({ type: new arrow.TimestampMicrosecond(), length, nullBitmap, data });
    }
  }
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
  if (arrow.DataType.isUtf8(type)) return "text";
  if (arrow.DataType.isFloat(type)) return "double";
  if (arrow.DataType.isInt(type)) return "integer";
  if (arrow.DataType.isBool(type)) return "boolean";
  if (arrow.DataType.isTimestamp(type) && type.unit === arrow.TimeUnit.MICROSECOND) return "timestamp";
  throw new TypeError(
    `column "${name}" is ${type}, expected a text, double, integer, boolean or timestamp: cast it`,
  );
}

function columnValues(name: string, vector: arrow.Vector): ArrayLike<Value> {
  const raw = vector.toArray() as ArrayLike<Value | bigint>;
  const isNull = vector.nullCount === 0 ? () => false : (row: number) => !vector.isValid(row);
  const values = raw instanceof BigInt64Array
    ? numbersOf(name, raw, vector.type, isNull)
    : raw as ArrayLike<Value>;
  if (vector.nullCount === 0) return values;
  return Array.from({ length: vector.length }, (_, row) => isNull(row) ? null : values[row]!);
}

/** Integers of 64 bits as they are, microseconds as milliseconds. */
function numbersOf(
  name: string,
  integers: BigInt64Array,
  type: arrow.DataType,
  isNull: (row: number) => boolean,
): Float64Array {
  const perUnit = arrow.DataType.isTimestamp(type) ? 1000 : 1;
  const numbers = new Float64Array(integers.length);
  for (let row = 0; row < integers.length; row++) {
    if (!isNull(row)) numbers[row] = safeInteger(integers[row]!, name, row) / perUnit;
  }
  return numbers;
}
