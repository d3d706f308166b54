import { hasStatedContent } from "#pipeline/store/names.ts";
import type { Compressors, FileMetaData, ParquetScan, SchemaElement } from "hyparquet";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import {
  chooseElements,
  microsOf,
  type ParquetColumns,
  type ToMicros,
  unknownCodec,
} from "./parquet_schema.ts";

/** A column, some rows of it. */
export interface ParquetColumn {
  /** As they are stored. */
  readonly values: ArrayLike<unknown>;
  /**
   * Each as a number, null as NaN, a time in microseconds since the epoch; empty of `bytes`. An integer beyond 2^53 is
   * rounded: `values` have it exactly.
   */
  readonly numbers: Float64Array;
}

/** The rows of a row group in columns, or why they cannot be read. */
export interface ParquetGroup {
  /** Counts from 1. */
  readonly firstRow: number;
  /** None of a group with a problem. */
  readonly rows: number;
  readonly problem: string | null;
  /** Those of the columns asked for that the file has. */
  readonly column: Readonly<Partial<Record<string, ParquetColumn>>>;
}

/** Snappy, which nearly every program writes, hyparquet has itself. */
const compressors: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  ZSTD: (bytes) => zstdDecompressSync(bytes),
};
const codecs = ["UNCOMPRESSED", "SNAPPY", ...Object.keys(compressors)];

/**
 * The columns of a Parquet file, row group by row group, so that only one of them is in memory at a time. A file that is
 * none, or has other columns, is one group without rows and with a problem; so is a row group that is damaged.
 *
 * @throws {Error} for a file whose compression is unknown: what is in it is not lost, and must not be left out.
 */
export async function* readParquet(
  name: string,
  bytes: Uint8Array,
  columns: ParquetColumns,
): AsyncIterable<ParquetGroup> {
  const { parquetMetadata, parquetScan, parquetSchema } = await import("hyparquet");
  let metadata: FileMetaData;
  let elements: ReadonlyMap<string, SchemaElement> | string;
  let codec: string | null = null;
  try {
    if (!hasStatedContent(name, bytes)) throw new Error("its content is not what its name states");
    metadata = parquetMetadata(bytes, { geoparquet: false });
    elements = chooseElements(parquetSchema(metadata), columns);
    if (typeof elements !== "string") codec = unknownCodec(metadata, elements, codecs);
  } catch (error) {
    elements = problemOf("the file is no Parquet, or damaged", error);
  }
  if (typeof elements === "string") {
    yield { firstRow: 1, rows: 0, problem: elements, column: {} };
    return;
  }
  if (codec !== null) {
    throw new Error(
      `Cannot read ${name}: its compression ${codec} is unknown here; write it again with Snappy`,
    );
  }
  const times = new Map(Array.from(elements, ([name, element]) => [name, microsOf(element)]));
  elements.forEach(forgetLogicalType);
  const scan = await parquetScan({
    file: { byteLength: bytes.length, slice: (start, end) => bytes.slice(start, end).buffer as ArrayBuffer },
    metadata: metadata!,
    columns: [...elements.keys()],
    compressors,
    parsers: { timestampFromNanoseconds: (nanos) => nanos },
    utf8: false,
    useOffsetIndex: false,
  });
  for (const { rowStart, rowEnd } of scan.ranges) {
    yield await readGroup(scan, rowStart, rowEnd, times, columns);
  }
}

/** Without it, values come as they are stored, which spares an object for each of them. */
function forgetLogicalType(element: SchemaElement): void {
  element.converted_type = undefined;
  element.logical_type = undefined;
}

async function readGroup(
  scan: ParquetScan,
  rowStart: number,
  rowEnd: number,
  times: ReadonlyMap<string, ToMicros | null>,
  columns: ParquetColumns,
): Promise<ParquetGroup> {
  const firstRow = rowStart + 1, rows = rowEnd - rowStart;
  const column: Record<string, ParquetColumn> = {};
  try {
    for (const [name, toMicros] of times) {
      const values = await scan.readColumn({ column: name, rowStart, rowEnd });
      if (values.length !== rows) throw new Error(`"${name}" has ${values.length} values`);
      const isText = columns[name]!.kind === "bytes";
      if (isText) { for (let row = 0; row < rows; row++) checkBytes(name, values[row]); }
      column[name] = {
        values,
        numbers: isText ? new Float64Array() : toNumbers(values, toMicros ?? Number),
      };
    }
    return { firstRow, rows, problem: null, column };
  } catch (error) {
    const problem = problemOf(`rows ${firstRow} to ${rowEnd} are damaged`, error);
    return { firstRow, rows: 0, problem, column: {} };
  }
}

/** Without its dictionary, a text comes as the number that it has there. */
function checkBytes(name: string, value: unknown): void {
  if (typeof value === "number" || typeof value === "bigint") {
    throw new Error(`"${name}" lacks its dictionary`);
  }
}

function toNumbers(values: ArrayLike<unknown>, toNumber: (value: number | bigint) => number): Float64Array {
  if (values instanceof Float64Array) return values;
  const numbers = new Float64Array(values.length);
  if (values instanceof BigInt64Array && toNumber === Number) {
    // The halves spare a bigint for each value.
    const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    for (let row = 0; row < numbers.length; row++) {
      numbers[row] = halves[2 * row + 1]! * 2 ** 32 + (halves[2 * row]! >>> 0);
    }
    return numbers;
  }
  for (let row = 0; row < numbers.length; row++) {
    const value = values[row] as number | bigint | null | undefined;
    numbers[row] = value === null || value === undefined ? NaN : toNumber(value);
  }
  return numbers;
}

function problemOf(what: string, error: unknown): string {
  return `${what}: ${error instanceof Error ? error.message : String(error)}`;
}
