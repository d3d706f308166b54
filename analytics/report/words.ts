import type { ColumnType, Value } from "#analytics/engine.ts";

const formats = Array.from(
  { length: 7 },
  (_, digits) =>
    new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** Decimals that a reader can use of numbers up to a size; the CSV has them all. */
export function digitsOf(size: number): number {
  return size === 0 ? 0 : size >= 10 ? 2 : size >= 1 ? 4 : 6;
}

/** `96,303.50`. */
export function number(value: number, digits: number = digitsOf(Math.abs(value))): string {
  return formats[digits]!.format(value).replace("-", "\u2212");
}

/** `5,000 ticks`, `1 blob`; the number alone without a noun. */
export function count(value: number, noun = ""): string {
  const plural = noun === "" || value === 1 ? noun : `${noun}s`;
  return `${number(value, 0)} ${plural}`.trim();
}

/** `+21.4 %`: the sign is always there. */
export function percent(change: number): string {
  return `${change > 0 ? "+" : ""}${number(100 * change, 2)} %`;
}

/** `99.99 %`: never rounded up to a hundred that it is not. */
export function share(part: number, all: number): string {
  return all === 0 ? "\u2013" : `${number(Math.floor((10_000 * part) / all) / 100, part === all ? 0 : 2)} %`;
}

/** `2023-03-13 14:00` of milliseconds since the epoch, UTC; seconds and less only where there are any. */
export function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace("T", " ").replace(/\.000$/, "").replace(/:00$/, "");
}

/** `2023-03-13 14:00` of milliseconds since the epoch, UTC, cut off at the minute. */
export function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** A value of a table as a reader wants it; a number with `digits` decimals. */
export function cell(value: Value | undefined, type: ColumnType, digits?: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "\u2013";
  if (type === "timestamp") return time(Number(value));
  if (type === "integer") return count(Number(value));
  if (typeof value === "number") return number(value, digits);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value;
}
