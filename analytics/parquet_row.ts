import { DecodeError, toTick } from "#pipeline/tick.ts";
import { readGeneration } from "./line.ts";
import type { ParquetColumn } from "./parquet_file.ts";
import type { TickGroupColumns } from "./parquet_ticks.ts";
import type { TickFields } from "./tick_columns.ts";
import { formatMicros } from "./time.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A row of a Parquet file, with the care that {@link file://./line.ts} takes of a line: the tick that it is, or why it is none. */
export function readRow(
  from: TickGroupColumns,
  row: number,
): { readonly tick: TickFields | null; readonly problem: string | null } {
  try {
    return { tick: toFields(from, row), problem: null };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { tick: null, problem: error.problem };
  }
}

/** Whether a column has nothing in that row. */
export function isNull({ values }: ParquetColumn, row: number): boolean {
  return values[row] === null || values[row] === undefined;
}

function toFields(from: TickGroupColumns, row: number): TickFields {
  const tick = toTick({
    id: readText("id", from, row),
    source: readText("source", from, row),
    symbol: readText("symbol", from, row),
    price: isNull(from.price, row) ? null : from.price.numbers[row],
    size: isNull(from.size, row) ? null : from.size.numbers[row],
    side: readText("side", from, row),
    time: readTime("time", from, row),
    received_at: readTime("received_at", from, row),
  });
  const enqueued = readTime("enqueued_at", from, row);
  if (enqueued !== null && !Number.isSafeInteger(from.enqueued_at.numbers[row])) {
    throw new DecodeError("enqueued_at", enqueued, "a time of the years 1684 to 2255");
  }
  const generation = readText("generation", from, row);
  return {
    ...tick,
    time: from.time.numbers[row]!,
    received_at: from.received_at.numbers[row]!,
    partition: readPartition(from, row),
    sequence_number: readLong(from, row),
    enqueued_at: enqueued === null ? null : from.enqueued_at.numbers[row]!,
    generation: generation === null ? null : readGeneration(generation),
  };
}

function readText(
  field: "id" | "source" | "symbol" | "side" | "generation",
  from: TickGroupColumns,
  row: number,
): string | null {
  if (isNull(from[field], row)) return null;
  const bytes = from[field].values[row] as Uint8Array;
  try {
    return utf8.decode(bytes);
  } catch {
    throw new DecodeError(field, `${bytes.length} bytes`, "UTF-8 text");
  }
}

/** As {@link toTick} takes it; one that is out of all bounds as the number that it is. */
function readTime(
  field: "time" | "received_at" | "enqueued_at",
  from: TickGroupColumns,
  row: number,
): string | null {
  if (isNull(from[field], row)) return null;
  const micros = from[field].numbers[row]!;
  return Number.isSafeInteger(micros) ? formatMicros(micros) : String(from[field].values[row]);
}

function readPartition({ partition }: TickGroupColumns, row: number): number | null {
  if (isNull(partition, row)) return null;
  const value = partition.numbers[row]!;
  if (value === (value | 0)) return value;
  throw new DecodeError("partition", value, "an integer of 32 bits");
}

/** An integer that a number would round is there as a bigint. */
function readLong({ sequence_number }: TickGroupColumns, row: number): number | bigint | null {
  if (isNull(sequence_number, row)) return null;
  const number = sequence_number.numbers[row]!, value = sequence_number.values[row];
  if (Number.isSafeInteger(number)) return number;
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
  throw new DecodeError("sequence_number", number, "an integer of 64 bits");
}
