import { createHash } from "node:crypto";
import type { Tick } from "#pipeline/tick.ts";

/**
 * The tick of a price that was asked for: no size and no side, and an id made of the exchange's time and the price,
 * so that the same reading is the same tick however often it is read.
 */
export function reading(source: string, symbol: string, price: number, time: string, nowMs: number): Tick {
  const hash = createHash("sha256").update(`${source}|${symbol}|${time}|${price}`).digest("hex").slice(0, 8);
  const id = `${source}|${symbol}|${time}.${hash}`;
  return {
    id,
    source,
    symbol,
    price,
    size: null,
    side: null,
    time,
    received_at: new Date(nowMs).toISOString(),
  };
}
