import type { Column, ColumnType, Table, Value } from "#analytics/engine.ts";

/**
 * A table as a Parquet file, compressed with Snappy: texts are UTF8, times TIMESTAMP in microseconds and UTC, integers
 * INT64, each column nullable. DuckDB, pandas and Spark read it.
 */
export async function toParquet({ columns }: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const schema = columns.map(({ name, type }) => ({
    name,
    repetition_type: "OPTIONAL" as const,
    ...elements[type],
  }));
  return new Uint8Array(parquetWriteBuffer({
    columnData: columns.map((column) => ({ name: column.name, data: cells(column) })),
    schema: [{ name: "root", num_children: columns.length }, ...schema],
    createdBy: "ticklake",
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
