import duckdb from "@duckdb/node-bindings";
import { type Batch, type BatchColumn, type FieldType, getText } from "./column_batch.ts";
import type { Piece } from "./column_values.ts";

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

/**
 * A column of a chunk, as it lies in DuckDB's own memory: it may be read for as long as the chunk is referred to.
 *
 * @param size Bytes a row.
 */
export function readVector(chunk: duckdb.DataChunk, index: number, size: number): Piece<Uint8Array> {
  const rows = duckdb.data_chunk_get_size(chunk);
  const vector = duckdb.data_chunk_get_vector(chunk, index);
  const valid: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  return { rows, valid: valid ?? null, items: duckdb.vector_get_data(vector, rows * size) };
}

/** The bytes that the pointer at `offset` points to. */
export function readPointer(memory: Uint8Array, offset: number, length: number): Uint8Array {
  return duckdb.get_data_from_pointer(memory.buffer as ArrayBuffer, memory.byteOffset + offset, length);
}
