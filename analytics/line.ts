import { DecodeError, toTick } from "#pipeline/tick.ts";
import { isData605, readData605 } from "./data605.ts";
import type { TickFields } from "./tick_columns.ts";
import { parseMicros } from "./time.ts";

/** A line of a blob: the tick that it is, or why it is none; neither of an empty line. */
export interface Line {
  readonly tick: TickFields | null;
  readonly problem: string | null;
  /** Where the line after it begins. */
  readonly next: number;
}

const newline = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the line that begins at `start`: a stored tick, or a line of the DATA605 project. Lines may end in CR LF, the last
 * one in nothing; a byte order mark at the beginning is passed over. Fields it does not know are left out, and what the
 * hub adds to a tick may be absent: a blob may come from elsewhere.
 */
export function readLine(bytes: Uint8Array, start: number): Line {
  const found = bytes.indexOf(newline, start);
  const end = found === -1 ? bytes.length : found;
  const next = end + 1;
  try {
    const text = decode(bytes.subarray(start, end));
    return { tick: text === "" ? null : parseLine(text), problem: null, next };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { tick: null, problem: error.problem, next };
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes).trim();
  } catch {
    throw new DecodeError("line", `${bytes.length} bytes`, "UTF-8 text");
  }
}

function parseLine(text: string): TickFields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DecodeError("line", text, "JSON");
  }
  if (isData605(value)) return readData605(value);
  const tick = toTick(value);
  const fields = value as Record<string, unknown>;
  return {
    ...tick,
    time: micros("time", tick.time),
    received_at: micros("received_at", tick.received_at),
    partition: optional(fields, "partition", readInteger),
    sequence_number: optional(fields, "sequence_number", (value) => readLong(value, text)),
    enqueued_at: optional(fields, "enqueued_at", (value) => micros("enqueued_at", value)),
    generation: optional(fields, "generation", readGeneration),
  };
}

function optional<T>(
  fields: Record<string, unknown>,
  field: string,
  read: (value: unknown) => T,
): T | null {
  const value = Object.hasOwn(fields, field) ? fields[field] : null;
  return value === null ? null : read(value);
}

function micros(field: string, value: unknown): number {
  const micros = typeof value === "string" && value.endsWith("Z") ? parseMicros(value) : undefined;
  if (micros !== undefined) return micros;
  throw new DecodeError(field, value, "an ISO 8601 UTC time such as 2026-05-01T12:00:00.000Z");
}

function readInteger(value: unknown): number {
  if (typeof value === "number" && value === (value | 0)) return value;
  throw new DecodeError("partition", value, "an integer of 32 bits");
}

/** An integer that a JavaScript number would round keeps its digits: only the text of the line has them. */
function readLong(value: unknown, text: string): number | bigint {
  if (Number.isSafeInteger(value)) return value as number;
  let digits = "";
  JSON.parse(
    text,
    function (this: unknown, key: string, value: unknown, context?: { source?: string }) {
      if (key === "sequence_number") digits = context?.source ?? "";
      return value;
    } as (key: string, value: unknown) => unknown,
  );
  const integer = /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : undefined;
  if (integer !== undefined && BigInt.asIntN(64, integer) === integer) return integer;
  throw new DecodeError("sequence_number", value, "an integer of 64 bits");
}

/**
 * Which life of a hub a tick came from. Control characters are refused as in an id: native DuckDB would cut a word off at a
 * zero.
 *
 * @throws {DecodeError} for anything but 1 to 256 printable characters.
 */
export function readGeneration(value: unknown): string {
  if (typeof value === "string" && /^[^\p{C}]{1,256}$/u.test(value)) return value;
  throw new DecodeError("generation", value, "1 to 256 printable characters");
}
