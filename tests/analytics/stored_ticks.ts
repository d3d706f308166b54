import { encodeStoredTick, type StoredTick } from "#pipeline/tick.ts";

/** A tick as it may be stored: the nth of its hub, unless told otherwise. */
export function storedTick(n: number, given: Partial<StoredTick> = {}): StoredTick {
  const symbol = given.symbol ?? "BTC-USD";
  const time = given.time ?? new Date(Date.UTC(2026, 4, 1) + 1000 * n).toISOString();
  return {
    id: `simulated|${symbol}|${n}`,
    source: "simulated",
    symbol,
    price: 100 + n,
    size: 0.5,
    side: "buy",
    time,
    received_at: time,
    partition: 0,
    sequence_number: n,
    enqueued_at: time,
    generation: "g1",
    ...given,
  };
}

/** Ticks as the text of a blob. */
export function ndjson(ticks: readonly StoredTick[]): string {
  return ticks.map((tick) => `${encodeStoredTick(tick, tick)}\n`).join("");
}
