import type { Tick } from "#pipeline/tick.ts";

/** Where ticks come from: an exchange, a file, a simulation. */
export interface Source {
  /** The same as the ticks' own `source` where there is just one. */
  readonly name: string;
  /**
   * Ticks in the order in which they were observed. Ends when the source has no more, or soon after `signal` aborts
   * (then without an error).
   */
  ticks(signal: AbortSignal): AsyncIterable<Tick>;
}

/** Something worth a line in the log; `scripts/` decides where it goes. */
export type SourceLog = (event: string, fields: Record<string, unknown>) => void;

/** Trades that an exchange made and that didn't come: a row of the gap ledger. */
export interface Gap {
  readonly source: string;
  readonly symbol: string;
  /** The first trade id that didn't come. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
  /** The exchange's time of the trade before the gap: ISO 8601, UTC. */
  readonly after: string;
  /** What went on when it was found: `skipped`, `overflow`, or why the connection before it ended. */
  readonly cause: string;
  /** Whether asking the exchange afterwards brought all of them. */
  readonly repaired: boolean;
  /** How many are missing for good: 0 when it was repaired. */
  readonly missing: number;
  /** Our clock: ISO 8601, UTC. */
  readonly found_at: string;
}

/** A message that was not as its documentation says. */
export interface Reject {
  readonly source: string;
  /** Message and field, `binance.trade.p`: what is logged and kept once. */
  readonly kind: string;
  /** `binance.trade: field "p" is missing, expected ...`. */
  readonly reason: string;
  /** The message itself, cut where it is long. */
  readonly raw: string;
  /** Our clock: ISO 8601, UTC. */
  readonly received_at: string;
}
