const isoPattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(?:[.](\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Microseconds since the epoch of an ISO 8601 text; `undefined` when it is none, or names a day that does not exist.
 * A text without an offset is UTC, a date is its midnight; digits beyond the sixth are cut off. Exact up to the year
 * 2255, and later times are refused.
 */
export function parseMicros(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [, date, clock = "00:00", fraction = "", offset = "Z"] = match;
  // Date.parse lets 30 February through as 2 March; a real date comes back as it went in.
  const day = new Date(`${date}T00:00:00Z`);
  const ms = Date.parse(`${date}T${clock}${offset}`);
  if (Number.isNaN(ms) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date!)) {
    return undefined;
  }
  const micros = ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  return Number.isSafeInteger(micros) ? micros : undefined;
}

/** The minute that was written last, up to its seconds: the next time is often in it, too, and a Date costs ten times more. */
const last = { minute: NaN, text: "" };

/** ISO 8601 in UTC, with milliseconds and `Z`; what is finer is cut off. `ms` counts from the epoch. */
export function formatTime(ms: number): string {
  const minute = Math.floor(ms / 60_000);
  if (minute !== last.minute) {
    last.text = new Date(minute * 60_000).toISOString().slice(0, -"00.000Z".length);
    last.minute = minute;
  }
  const rest = String(Math.floor(ms - minute * 60_000)).padStart(5, "0");
  return `${last.text}${rest.slice(0, 2)}.${rest.slice(2)}Z`;
}

/** ISO 8601 in UTC, with microseconds and `Z`. */
export function formatMicros(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
