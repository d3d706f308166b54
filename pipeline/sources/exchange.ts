import type { Tick } from "#pipeline/tick.ts";
import { timeFormat } from "./fields.ts";

/** A tick and its number: an exchange numbers a symbol's trades one by one, so that a missing one shows. */
export interface Trade {
  readonly number: number;
  readonly tick: Tick;
}

const formatReceived = timeFormat();

/** The trade of a message, its fields checked already; its id is `source|symbol|number`. */
export function toTrade(
  number: number,
  observed: Pick<Tick, "source" | "symbol" | "price" | "size" | "side" | "time">,
  nowMs: number,
): Trade {
  const { source, symbol, price, size, side, time } = observed;
  const id = `${source}|${symbol}|${number}`;
  return {
    number,
    tick: { id, source, symbol, price, size, side, time, received_at: formatReceived(nowMs) },
  };
}

/** What a message of a feed says. */
export type Message =
  | { readonly kind: "trades"; readonly trades: readonly Trade[] }
  /** The feed lives, but this is no data; `last` is the newest trade there is, where the message says so. */
  | { readonly kind: "heartbeat"; readonly last: { readonly symbol: string; readonly number: number } | null }
  /** The connection is about to end: time to open the next one. */
  | { readonly kind: "closing"; readonly reason: string }
  /** What we asked for will not come. */
  | { readonly kind: "refusal"; readonly reason: string };

/** Trades of a symbol that didn't come. */
export interface Hole {
  /** The first number that is missing. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
  /** The exchange's time of the trade before: ISO 8601, UTC. */
  readonly after: string;
}

/** All that tells one exchange's WebSocket from another's. */
export interface Exchange {
  readonly name: string;
  readonly url: string;
  /** Texts to send as soon as the connection is open. */
  readonly subscribe: readonly string[];
  /** The age at which the exchange cuts a connection, less a margin; Infinity where it doesn't. */
  readonly lifeMs: number;
  /**
   * Reads a text of the feed, without side effects.
   *
   * @throws {ShapeError} when it isn't as documented.
   */
  parse(text: string, nowMs: number): Message;
  /**
   * Asks for trades by their numbers, some more than the hole's perhaps, in any order; at most what one request gives.
   *
   * @throws {ReplyError} when the exchange doesn't answer, {@link ShapeError} when the answer isn't as documented.
   */
  backfill(symbol: string, hole: Hole, signal: AbortSignal): Promise<readonly Trade[]>;
}
