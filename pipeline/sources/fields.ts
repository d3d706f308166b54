/** The fields of a message, by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** A message whose shape is not what its documentation says: names message, field and value. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  constructor(
    /** `binance.trade`. */
    readonly messageKind: string,
    readonly field: string,
    value: unknown,
    expected: string,
  ) {
    super(`${messageKind}: field "${field}" is ${quote(value)}, expected ${expected}`);
  }
}

/** How far an exchange's clock may be ahead of ours. */
const futureMs = 60_000;

/**
 * The JSON value of a text.
 *
 * @throws {ShapeError} when it is none: an HTML page, half a message.
 */
export function json(kind: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ShapeError(kind, "message", text, "JSON");
  }
}

/** @throws {ShapeError} when the value is no JSON object. */
export function object(kind: string, name: string, value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ShapeError(kind, name, value, "a JSON object");
}

/** @throws {ShapeError} when the value is no array. */
export function array(kind: string, name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ShapeError(kind, name, value, "an array");
}

/** A price: a number, or one written as a text, finite and above zero. */
export function price(kind: string, name: string, value: unknown): number {
  const number = decimal(value);
  if (number > 0 && number < Infinity) return number;
  throw new ShapeError(kind, name, value, "a finite number above 0");
}

/** A quantity: as {@link price}, but zero is one too. */
export function quantity(kind: string, name: string, value: unknown): number {
  const number = decimal(value);
  if (number >= 0 && number < Infinity) return number;
  throw new ShapeError(kind, name, value, "a finite number, 0 or more");
}

/** True or false. */
export function truth(kind: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ShapeError(kind, name, value, "true or false");
}

/** One of a few words, and what it stands for. */
export function choice<T>(
  kind: string,
  name: string,
  value: unknown,
  choices: Readonly<Record<string, T>>,
): T {
  if (typeof value === "string" && Object.hasOwn(choices, value)) return choices[value]!;
  throw new ShapeError(kind, name, value, Object.keys(choices).map((word) => `"${word}"`).join(" or "));
}

/** The symbol that we gave this name of the exchange's. */
export function symbolOf(
  kind: string,
  name: string,
  value: unknown,
  ours: ReadonlyMap<unknown, string>,
): string {
  const symbol = ours.get(value);
  if (symbol !== undefined) return symbol;
  throw new ShapeError(kind, name, value, `one of those asked for, ${[...ours.keys()].join(", ")}`);
}

/** The number of a trade, which counts up by one. */
export function tradeNumber(kind: string, name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new ShapeError(kind, name, value, "a whole number, 0 or more");
}

/** A time since 1970, in units of so many milliseconds, as ISO 8601; no more than a minute ahead of our clock. */
export function unixTime(kind: string, name: string, value: unknown, unitMs: number, nowMs: number): string {
  const ms = typeof value === "number" ? value * unitMs : NaN;
  if (ms > 0 && ms <= nowMs + futureMs) return formatTraded(ms);
  throw new ShapeError(kind, name, value, `a time since 1970, at most ${Math.floor(nowMs / unitMs)} (now)`);
}

const formatTraded = timeFormat();

const utcPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d{1,9})?Z$/;

/** The minute that was read last, since most times are of the same one; NaN where there is no such minute. */
let minuteRead = { text: "", ms: NaN };

/** An ISO 8601 UTC time that exists, kept with all its digits; no more than a minute ahead of our clock. */
export function utcTime(kind: string, name: string, value: unknown, nowMs: number): string {
  if (typeof value === "string" && utcPattern.test(value)) {
    const text = value.slice(0, 16);
    if (text !== minuteRead.text) minuteRead = { text, ms: minuteMs(text) };
    if (minuteRead.ms + Number(value.slice(17, 19)) * 1_000 <= nowMs + futureMs) return value;
  }
  const nowTime = new Date(nowMs).toISOString();
  throw new ShapeError(kind, name, value, `an ISO 8601 UTC time, up to now (${nowTime})`);
}

/** Date.parse lets 30 February through as 2 March; a real date comes back as it went in. */
function minuteMs(text: string): number {
  const ms = Date.parse(`${text}:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? ms : NaN;
}

/**
 * Formats milliseconds since the epoch as ISO 8601, UTC, as `Date` does. It keeps the last minute, since to format that
 * is most of the work and most times are of the same one.
 */
export function timeFormat(): (ms: number) => string {
  let startMs = NaN;
  let text = "";
  return (ms) => {
    if (!(ms >= startMs && ms < startMs + 60_000)) {
      startMs = Math.floor(ms / 60_000) * 60_000;
      text = new Date(startMs).toISOString().slice(0, 17);
    }
    const rest = String(100_000 + Math.floor(ms - startMs));
    return `${text}${rest.slice(1, 3)}.${rest.slice(3)}Z`;
  };
}

const decimalPattern = /^\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** NaN for what is no number: `Number` alone takes "", "0x10" and " 1 " for one. */
function decimal(value: unknown): number {
  if (typeof value === "string") return decimalPattern.test(value) ? Number(value) : NaN;
  // JSON knows -0, and would not give it back: plus 0 makes it 0.
  return typeof value === "number" ? value + 0 : NaN;
}

/** A value in a message of ours: never long, and never deep, since writing deep JSON can exhaust the stack. */
export function quote(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
