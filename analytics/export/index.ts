import { toCsv } from "#analytics/csv.ts";
import type { Table } from "#analytics/engine.ts";
import { toNdjson } from "./ndjson.ts";
import { toParquet } from "./parquet.ts";
import { toXlsx } from "./xlsx.ts";

/** What a table can be written as: texts in chunks, or the bytes of a file. */
export type Exporter = (table: Table) => Iterable<string> | Promise<Uint8Array>;

/** Every format by its name, which is the file's extension too. */
export const exporters = {
  csv: toCsv,
  ndjson: toNdjson,
  parquet: toParquet,
  xlsx: toXlsx,
} as const satisfies Record<string, Exporter>;

/** The name of a format. */
export type Format = keyof typeof exporters;
