/** Which side the taker was on: a `buy` lifted the ask, a `sell` hit the bid. */
export type Side = "buy" | "sell";

/** One price observation, as it travels through the hub: one JSON object. */
export interface Tick {
  /** `source|symbol|trade id`, unique over all time: what deduplication goes by. */
  readonly id: string;
  /** Where it was observed: `binance`, `simulated`, ... */
  readonly source: string;
  /** Base and quote currency, `BTC-USD`. */
  readonly symbol: string;
  /** In the quote currency; finite and above zero. */
  readonly price: number;
  /** In the base currency; `null` where the source reports none (pollers). */
  readonly size: number | null;
  readonly side: Side | null;
  /** The exchange's time: ISO 8601, UTC, ends in `Z`. */
  readonly time: string;
  /** Our own clock's time when it arrived, in the same form; never a stand-in for `time`. */
  readonly received_at: string;
}

/** What the hub adds to a tick once it has stored it: with it, a tick becomes a line of a blob. */
export interface Delivery {
  readonly partition: number;
  readonly sequence_number: number;
  /** When the hub accepted it: ISO 8601, UTC. */
  readonly enqueued_at: string;
  /** Which life of the hub it came from; a hub made anew starts another one. */
  readonly generation: string;
}

/** A line of a stored blob. */
export type StoredTick = Tick & Delivery;

/** Bytes that are no tick: names the field and the value it did not like. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  /** What is wrong, without saying that it cannot be decoded. */
  readonly problem: string;
  constructor(
    /** The field at fault, or `line` when the bytes are no JSON object. */
    readonly field: string,
    readonly value: unknown,
    expected: string,
  ) {
    super(`Cannot decode tick: ${problemOf(field, value, expected)}`);
    this.problem = problemOf(field, value, expected);
  }
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

/** The bytes that go into an event's body: one JSON object, its fields in the order of {@link Tick}. */
export function encodeTick(tick: Tick): Uint8Array {
  return utf8.encode(JSON.stringify(tickFields(tick)));
}

/** A line of a blob, without its newline: the tick and how it was delivered. */
export function encodeStoredTick(tick: Tick, delivery: Delivery): string {
  const { partition, sequence_number, enqueued_at, generation } = delivery;
  return JSON.stringify({ ...tickFields(tick), partition, sequence_number, enqueued_at, generation });
}

/**
 * Reads an event's body. Fields it does not know are left out.
 *
 * @throws {DecodeError} when the bytes are not UTF-8 JSON, or a field is missing or not as {@link Tick} says.
 */
export function decodeTick(bytes: Uint8Array): Tick {
  let text: string;
  try {
    text = fromUtf8.decode(bytes);
  } catch {
    throw new DecodeError("line", `${bytes.length} bytes`, "UTF-8 text");
  }
  return parseTick(text);
}

/**
 * Reads one JSON text, as {@link decodeTick} does.
 *
 * @throws {DecodeError} when the text is not JSON, or a field is missing or not as {@link Tick} says.
 */
export function parseTick(text: string): Tick {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DecodeError("line", text, "JSON");
  }
  return toTick(value);
}

/**
 * Checks a parsed JSON value, field by field.
 *
 * @throws {DecodeError} for the first field that is missing or not as {@link Tick} says.
 */
export function toTick(value: unknown): Tick {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DecodeError("line", value, "a JSON object");
  }
  const fields = value as Record<string, unknown>;
  const source = text(fields, "source", /^[a-z0-9_]{1,32}$/, "1 to 32 of a-z, 0-9 and _");
  const symbol = text(fields, "symbol", symbolPattern, "a pair such as BTC-USD");
  const id = text(fields, "id", /^[^\p{C}]{1,256}$/u, "1 to 256 printable characters");
  if (!id.startsWith(`${source}|${symbol}|`)) {
    throw new DecodeError("id", id, `one that starts with "${source}|${symbol}|"`);
  }
  const { size = null, side = null } = fields;
  if (size !== null && !(isFiniteNumber(size) && size >= 0)) {
    throw new DecodeError("size", size, "a finite number, 0 or more, or null");
  }
  if (side !== null && side !== "buy" && side !== "sell") {
    throw new DecodeError("side", side, `"buy", "sell" or null`);
  }
  const { price } = fields;
  if (!(isFiniteNumber(price) && price > 0)) throw new DecodeError("price", price, "a finite number above 0");
  const time = utcTime(fields, "time");
  const received_at = utcTime(fields, "received_at");
  return { id, source, symbol, price, size, side, time, received_at };
}

/** What a symbol looks like: base and quote currency in capitals, a hyphen between them. */
export const symbolPattern = /^[A-Z0-9]{1,16}-[A-Z0-9]{1,16}$/;

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

function utcTime(fields: Record<string, unknown>, field: string): string {
  const value = text(fields, field, timePattern, "an ISO 8601 UTC time such as 2026-05-01T12:00:00.000Z");
  // Date.parse lets 30 February through as 2 March; a real date comes back as it went in.
  const date = new Date(value);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== value.slice(0, 19)) {
    throw new DecodeError(field, value, "a date and time that exist");
  }
  return value;
}

function text(fields: Record<string, unknown>, field: string, pattern: RegExp, expected: string): string {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof value !== "string" || !pattern.test(value)) throw new DecodeError(field, value, expected);
  return value;
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function tickFields({ id, source, symbol, price, size, side, time, received_at }: Tick): Tick {
  return { id, source, symbol, price, size, side, time, received_at };
}

function problemOf(field: string, value: unknown, expected: string): string {
  return `${field === "line" ? "the line" : `field "${field}"`} is ${quote(value)}, expected ${expected}`;
}

function quote(value: unknown): string {
  if (value === undefined) return "missing";
  // Not written out: one may be nested deeper than JSON.stringify can follow.
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  // JSON cannot say Infinity, which is what 1e400 is read as.
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}
