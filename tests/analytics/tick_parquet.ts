import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { parseMicros } from "#analytics/time.ts";
import type { StoredTick } from "#pipeline/tick.ts";

/** How a file is written: as another program might. */
export interface ParquetForm {
  /** What the times are counted in. */
  readonly unit?: "MILLIS" | "MICROS" | "NANOS";
  readonly codec?: "SNAPPY" | "UNCOMPRESSED";
  readonly rowGroupSize?: number;
  /** Columns that are left out. */
  readonly without?: readonly string[];
  /** Values in place of the ticks' own, by column and row. */
  readonly instead?: Readonly<Record<string, Readonly<Record<number, unknown>>>>;
  /** Columns of another type. */
  readonly schema?: Readonly<Record<string, Partial<SchemaElement>>>;
}

const text = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
const double = { type: "DOUBLE" } as const;
const long = { type: "INT64" } as const;

/** Ticks as a Parquet file. */
export function tickParquet(ticks: readonly StoredTick[], form: ParquetForm = {}): Uint8Array {
  const { unit = "MICROS", without = [], instead = {} } = form;
  const timestamp = {
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit },
  } as const;
  const elements: Record<string, Partial<SchemaElement>> = {
    symbol: text,
    time: timestamp,
    price: double,
    size: double,
    side: text,
    source: text,
    id: text,
    received_at: timestamp,
    enqueued_at: timestamp,
    partition: { type: "INT32" },
    sequence_number: long,
    generation: text,
    ...form.schema,
  };
  const names = Object.keys(elements).filter((name) => !without.includes(name));
  const schema = names.map((name) => ({ name, repetition_type: "OPTIONAL" as const, ...elements[name] }));
  const cell = (name: string, tick: StoredTick, row: number) => {
    const other = instead[name]?.[row];
    if (other !== undefined) return other;
    const value = tick[name as keyof StoredTick];
    if (elements[name]!.logical_type?.type === "TIMESTAMP") return inUnit(value as string, unit);
    return elements[name]!.type === "INT64" ? BigInt(value as number) : value;
  };
  return new Uint8Array(parquetWriteBuffer({
    columnData: names.map((name) => ({ name, data: ticks.map((tick, row) => cell(name, tick, row)) })),
    schema: [{ name: "root", num_children: names.length }, ...schema as SchemaElement[]],
    codec: form.codec,
    rowGroupSize: form.rowGroupSize,
  }));
}

function inUnit(time: string, unit: "MILLIS" | "MICROS" | "NANOS"): bigint {
  const micros = BigInt(parseMicros(time)!);
  if (unit === "NANOS") return micros * 1000n + 999n;
  return unit === "MILLIS" ? micros / 1000n : micros;
}
