import type { Column, ColumnType, Table, Value } from "#analytics/engine.ts";

/** Rows that a reader takes into memory at a time. */
const rowGroupSize = 100_000;

/**
 * A table as a Parquet file, compressed with Snappy: texts are UTF8, times TIMESTAMP in microseconds and UTC, integers
 * INT64. DuckDB, pandas and Spark read it.
 *
 * @param required The columns that have no null, by name, which spares a reader time; the others are nullable.
 */
export async function toParquet(
  { columns }: Table,
  { required = [] }: { readonly required?: readonly string[] } = {},
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const schema = columns.map(({ name, type }) => ({
    name,
    repetition_type: required.includes(name) ? "REQUIRED" as const : "OPTIONAL" as const,
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

function cells({ type, values }: Column): (Value | bigint)[] {
  return Array.from(values, (value) => {
    if (value === null) return null;
    if (type === "integer") return BigInt(value);
    return type === "timestamp" ? BigInt(Math.round(Number(value) * 1000)) : value;
  });
}
