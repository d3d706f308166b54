import { parseMicros } from "./time.ts";

/**
 * How a field of a line is kept: a `word` is a text of which there are few, `micros` a time in microseconds since the
 * epoch, a `long` an integer of 64 bits.
 */
export type RawType = "text" | "word" | "double" | "integer" | "long" | "micros";

/** The columns of `raw_ticks` after `blob`, `line` and `problem`, in the order of sql/raw_ticks.sql. */
export const rawFields = {
  id: "text",
  source: "word",
  symbol: "word",
  price: "double",
  size: "double",
  side: "word",
  time: "micros",
  received_at: "micros",
  partition: "integer",
  sequence_number: "long",
  enqueued_at: "micros",
  generation: "word",
  currency: "word",
  price_usd: "double",
  timestamp: "double",
} as const satisfies Record<string, RawType>;

export type RawField = keyof typeof rawFields;

/** What a line holds; a field it lacks is absent. Times are microseconds since the epoch. */
export type RawFields = Partial<Record<RawField, string | number | bigint>>;

/** A line of a blob. */
export interface RawTick {
  /** Why the line cannot be read; `null` when it can. */
  readonly problem: string | null;
  readonly fields: Readonly<RawFields>;
}

/**
 * Reads one line of a blob. It looks at types only: whether the values make a tick is for sql/ticks.sql to say.
 * Fields it does not know are left out.
 */
export function parseRawTick(text: string): RawTick {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(`the line is ${quote(text)}, expected JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refused(`the line is ${quote(text)}, expected a JSON object`);
  }
  const fields: RawFields = {};
  for (const [field, type] of fieldTypes) {
    const given = Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : null;
    if (given === null) continue;
    const read = readers[type](given) ?? (type === "long" ? readLong(text, field) : undefined);
    if (read === undefined) return refused(`field "${field}" is ${quote(given)}, expected ${expected[type]}`);
    fields[field] = read;
  }
  return { problem: null, fields };
}

/** A line that is no tick, with the reason. */
export function refused(problem: string): RawTick {
  return { problem, fields: {} };
}

const fieldTypes = Object.entries(rawFields) as [RawField, RawType][];

const readText = (value: unknown) => typeof value === "string" ? value : undefined;
const readers: Record<RawType, (value: unknown) => string | number | undefined> = {
  text: readText,
  word: readText,
  double: (value) => typeof value === "number" ? value : undefined,
  integer: (value) => typeof value === "number" && value === (value | 0) ? value : undefined,
  long: (value) => Number.isSafeInteger(value) ? value as number : undefined,
  micros: (value) => typeof value === "string" && value.endsWith("Z") ? parseMicros(value) : undefined,
};

const expected: Record<RawType, string> = {
  text: "a text",
  word: "a text",
  double: "a number",
  integer: "an integer of 32 bits",
  long: "an integer of 64 bits",
  micros: "an ISO 8601 UTC time such as 2026-05-01T12:00:00.000Z",
};

/** An integer that a JavaScript number would round: only the text of the line has all its digits. */
function readLong(text: string, field: string): bigint | undefined {
  let digits = "";
  JSON.parse(
    text,
    function (this: unknown, key: string, value: unknown, context?: { source?: string }) {
      if (key === field) digits = context?.source ?? "";
      return value;
    } as (key: string, value: unknown) => unknown,
  );
  if (!/^-?\d{1,19}$/.test(digits)) return undefined;
  const integer = BigInt(digits);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** A value as a message shows it. */
function quote(value: unknown): string {
  // Not written out: one may be nested deeper than JSON.stringify can follow.
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object";
  // JSON cannot say Infinity, which is what 1e400 is read as.
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}
