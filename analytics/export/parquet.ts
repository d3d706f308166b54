import type { Column, ColumnType, Table, Value } from "#analytics/engine.ts";

/** Rows that a reader takes into memory at a time. */
const rowGroupSize = 100_000;

/**
 * A table as a Parquet file, compressed with Snappy: texts are UTF8, times TIMESTAMP in microseconds and UTC, integers
 * INT64. DuckDB, pandas and Spark read it.
 *
 * @param nullable Whether every column may be null, or only those that are somewhere, which spares a reader time.
 */
export async function toParquet(
  { columns }: Table,
  { nullable = true }: { readonly nullable?: boolean } = {},
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const schema = columns.map(({ name, type, values }) => ({
    name,
    repetition_type: nullable || hasNull(values) ? "OPTIONAL" as const : "REQUIRED" as const,
    ...elements[type],
  }));
  return new Uint8Array(parquetWriteBuffer({
    columnData: columns.map((column) => ({ name: column.name, data: cells(column) })),
    schema: [{ name: "root", num_children: columns.length }, ...schema],
    createdBy: "ticklake",
    rowGroupSize,
  }));
}

/** Apache Parquet's logical types: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md */
const elements = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  double: { type: "DOUBLE" },
  integer: { type: "INT64" },
  boolean: { type: "BOOLEAN" },
  timestamp: { type: "INT64", converted_type: "TIMESTAMP_MICROS" },
} as const satisfies Record<ColumnType, object>;

function hasNull(values: ArrayLike<Value>): boolean {
  if (ArrayBuffer.isView(values)) return false;
  for (let row = 0; row < values.length; row++) if (values[row] === null) return true;
  return false;
}

function cells({ type, values }: Column): (Value | bigint)[] {
  return Array.from(values, (value) => {
    if (value === null) return null;
    if (type === "integer") return BigInt(value);
    return type === "timestamp" ? BigInt(Math.round(Number(value) * 1000)) : value;
  });
}
