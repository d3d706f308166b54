import { endpointsAt } from "./endpoints.ts";
import { type Exchange, type Message, toTrade, type Trade } from "./exchange.ts";
import { feed, type FeedOptions } from "./feed.ts";
import {
  array,
  choice,
  json,
  object,
  price,
  quantity,
  quote,
  ShapeError,
  symbolOf,
  tradeNumber,
  unixTime,
  utcTime,
} from "./fields.ts";
import { jsonReply } from "./json_reply.ts";
import type { Source } from "./source.ts";

const own = { feed: "wss://ws.kraken.com/v2", trades: "https://api.kraken.com" };

/** The most that one reply holds. */
const pageTrades = 1_000;

const sides = { buy: "buy", sell: "sell" } as const;
const sideLetters = { b: "buy", s: "sell" } as const;

/** Channels that say nothing about trades. */
const otherChannels: readonly unknown[] = ["heartbeat", "status", "pong"];

/**
 * Trades of Kraken, over version 2 of its WebSocket API.
 * Wire: https://docs.kraken.com/api/docs/websocket-v2/trade
 */
export function kraken(options: FeedOptions): Source {
  return feed(krakenExchange(options), options);
}

function krakenExchange({ symbols, url, fetch, now = Date.now }: FeedOptions): Exchange {
  const at = endpointsAt(url, own);
  const ours = new Map(symbols.map((symbol) => [symbol.replace("-", "/"), symbol]));
  const params = { channel: "trade", symbol: [...ours.keys()] };
  return {
    name: "kraken",
    url: at.feed,
    subscribe: [JSON.stringify({ method: "subscribe", params })],
    lifeMs: Infinity,
    parse: (text, nowMs) => parseKraken(text, ours, nowMs),
    async backfill(symbol, { after }, signal) {
      // Past trades are asked for by time, in nanoseconds; a millisecond earlier, for those of the same one.
      const since = `${Date.parse(after) - 1}000000`;
      const path = `/0/public/Trades?pair=${restPair(symbol)}&since=${since}&count=${pageTrades}`;
      return parseKrakenTrades(await jsonReply({ url: at.trades + path, fetch }, signal), symbol, now());
    },
  };
}

/** The REST API still has its old names for two coins: `BTC-USD` is XBTUSD. */
function restPair(symbol: string): string {
  return symbol.replace(/^BTC-/, "XBT-").replace(/-BTC$/, "-XBT").replace("DOGE", "XDG").replace("-", "");
}

/**
 * Reads a message: trades, `heartbeat`, `status`, or the answer to our subscription.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseKraken(text: string, ours: ReadonlyMap<unknown, string>, nowMs: number): Message {
  const message = object("kraken", "message", json("kraken", text));
  if (message.channel === "trade") {
    const kind = "kraken.trade";
    const trades = array(kind, "data", message.data).map((item) => {
      const trade = object(kind, "trade", item);
      return toTrade(tradeNumber(kind, "trade_id", trade.trade_id), {
        source: "kraken",
        symbol: symbolOf(kind, "symbol", trade.symbol, ours),
        price: price(kind, "price", trade.price),
        size: quantity(kind, "qty", trade.qty),
        side: choice(kind, "side", trade.side, sides),
        time: utcTime(kind, "timestamp", trade.timestamp, nowMs),
      }, nowMs);
    });
    return { kind: "trades", trades };
  }
  if (message.error !== undefined) return { kind: "refusal", reason: quote(message.error) };
  if (otherChannels.includes(message.channel) || message.success === true) {
    return { kind: "heartbeat", last: null };
  }
  throw new ShapeError("kraken", "channel", message.channel, `"trade", "heartbeat" or "status"`);
}

/**
 * Reads a reply of `GET /0/public/Trades`: `{"error":[],"result":{"XXBTZUSD":[row, ...],"last":"..."}}`, a row being
 * `[price, volume, time in seconds, "b" or "s", "m" or "l", miscellaneous, trade id]`. Rows have no names to go by, so
 * that a row of another length is refused whole.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseKrakenTrades(reply: unknown, symbol: string, nowMs: number): Trade[] {
  const kind = "kraken.Trades";
  const { error, result } = object(kind, "message", reply);
  const [first] = array(kind, "error", error);
  if (first !== undefined) throw new ShapeError(kind, "error", first, "none");
  const pairs = Object.entries(object(kind, "result", result)).filter(([name]) => name !== "last");
  return pairs.flatMap(([name, rows]) => array(kind, name, rows)).map((row) => {
    const fields = array(kind, "row", row);
    if (fields.length !== 7) throw new ShapeError(kind, "row", row, "7 fields");
    const [cost, volume, time, side, , , number] = fields;
    return toTrade(tradeNumber(kind, "trade id", number), {
      source: "kraken",
      symbol,
      price: price(kind, "price", cost),
      size: quantity(kind, "volume", volume),
      side: choice(kind, "side", side, sideLetters),
      time: unixTime(kind, "time", time, 1_000, nowMs),
    }, nowMs);
  });
}
