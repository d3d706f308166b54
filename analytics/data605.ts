import { DecodeError } from "#pipeline/tick.ts";
import type { TickFields } from "./tick_columns.ts";

/** Whether a line is one of the DATA605 project: only these say `currency`. */
export function isData605(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "currency") &&
    (value as { currency: unknown }).currency !== null;
}

/**
 * Reads a line of the DATA605 project: `{"currency":"BTC","price_usd":96503.0,"timestamp":1746246720.3255968}`, the
 * timestamp in seconds since the epoch. It carries no id: two readings of one microsecond are one reading.
 *
 * @throws {DecodeError} for a field that is missing or wrong.
 */
export function readData605({ currency, price_usd: price, timestamp }: Record<string, unknown>): TickFields {
  if (typeof currency !== "string" || !/^[A-Z0-9]{1,16}$/.test(currency)) {
    throw new DecodeError("currency", currency, "one such as BTC");
  }
  if (!(typeof price === "number" && Number.isFinite(price) && price > 0)) {
    throw new DecodeError("price_usd", price, "a finite number above 0");
  }
  if (!(typeof timestamp === "number" && timestamp >= 0 && timestamp <= 9e9)) {
    throw new DecodeError("timestamp", timestamp, "seconds since 1970");
  }
  const symbol = `${currency}-USD`;
  const micros = Math.round(timestamp * 1e6);
  return {
    id: `data605|${symbol}|${micros}`,
    source: "data605",
    symbol,
    price,
    size: null,
    side: null,
    time: micros,
    received_at: micros,
    partition: null,
    sequence_number: null,
    enqueued_at: null,
    generation: null,
  };
}
