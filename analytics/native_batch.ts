import duckdb from "@duckdb/node-bindings";
import { type Batch, type BatchColumn, type FieldType, getText } from "./column_batch.ts";

const types: Readonly<Record<FieldType, duckdb.Type>> = {
  integer: duckdb.Type.INTEGER,
  long: duckdb.Type.BIGINT,
  micros: duckdb.Type.TIMESTAMP,
  double: duckdb.Type.DOUBLE,
  text: duckdb.Type.VARCHAR,
};

const bytesPerRow: Readonly<Record<Exclude<FieldType, "text">, number>> = {
  integer: 4,
  long: 8,
  micros: 8,
  double: 8,
};

/**
 * A batch in chunks of native DuckDB, made by copying whole columns: it keeps numbers and the bits of `valid` as the batch
 * does. A value by itself costs a call into native code, which only texts are worth.
 */
export function* encodeChunks({ columns, rows }: Batch): Iterable<duckdb.DataChunk> {
  const perChunk = duckdb.vector_size();
  const logicalTypes = columns.map(({ type }) => duckdb.create_logical_type(types[type]));
  for (let start = 0; start < rows; start += perChunk) {
    const count = Math.min(perChunk, rows - start);
    const chunk = duckdb.create_data_chunk(logicalTypes);
    duckdb.data_chunk_set_size(chunk, count);
    for (const [index, column] of columns.entries()) {
      copyColumn(duckdb.data_chunk_get_vector(chunk, index), column, start, count);
    }
    yield chunk;
  }
}

/** `start` is a multiple of 8, so that its bit of `valid` begins a byte. */
function copyColumn(vector: duckdb.Vector, column: BatchColumn, start: number, count: number): void {
  const { type, valid, numbers } = column;
  duckdb.vector_ensure_validity_writable(vector);
  copy(duckdb.copy_data_to_vector_validity, vector, valid, start / 8, Math.ceil(count / 8));
  if (type !== "text") {
    const size = bytesPerRow[type];
    return copy(duckdb.copy_data_to_vector, vector, numbers, start * size, count * size);
  }
  for (let row = 0; row < count; row++) {
    const text = getText(column, start + row);
    if (text !== null) duckdb.vector_assign_string_element(vector, row, text);
  }
}

function copy(
  how: typeof duckdb.copy_data_to_vector,
  vector: duckdb.Vector,
  from: ArrayBufferView<ArrayBufferLike>,
  start: number,
  length: number,
): void {
  how(vector, 0, from.buffer as ArrayBuffer, from.byteOffset + start, length);
}
