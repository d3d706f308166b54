import { endpointsAt } from "./endpoints.ts";
import { type Exchange, type Message, toTrade, type Trade } from "./exchange.ts";
import { feed, type FeedOptions } from "./feed.ts";
import {
  array,
  choice,
  type Fields,
  json,
  object,
  price,
  quantity,
  quote,
  ShapeError,
  symbolOf,
  tradeNumber,
  utcTime,
} from "./fields.ts";
import { jsonReply } from "./json_reply.ts";
import type { Source } from "./source.ts";

const own = { feed: "wss://ws-feed.exchange.coinbase.com", trades: "https://api.exchange.coinbase.com" };

/** The most that one reply holds. */
const pageTrades = 1_000;

/** Coinbase says which side the maker was on; the taker was on the other one. */
const takerSides = { buy: "sell", sell: "buy" } as const;

/**
 * Trades of Coinbase Exchange.
 * Wire: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels
 */
export function coinbase(options: FeedOptions): Source {
  return feed(coinbaseExchange(options), options);
}

function coinbaseExchange({ symbols, url, fetch, now = Date.now }: FeedOptions): Exchange {
  const at = endpointsAt(url, own);
  const ours = new Map(symbols.map((symbol) => [symbol, symbol]));
  return {
    name: "coinbase",
    url: at.feed,
    subscribe: [
      JSON.stringify({ type: "subscribe", product_ids: symbols, channels: ["matches", "heartbeat"] }),
    ],
    lifeMs: Infinity,
    parse: (text, nowMs) => parseCoinbase(text, ours, nowMs),
    async backfill(symbol, { to }, signal) {
      // Pages go back in time: `after` is the number to start below.
      const path = `/products/${symbol}/trades?after=${to + 1}&limit=${pageTrades}`;
      return parseCoinbaseTrades(await jsonReply({ url: at.trades + path, fetch }, signal), symbol, now());
    },
  };
}

/**
 * Reads a message: `match`, `last_match` (the one before we came), `heartbeat`, `subscriptions` or `error`.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseCoinbase(text: string, ours: ReadonlyMap<unknown, string>, nowMs: number): Message {
  const message = object("coinbase", "message", json("coinbase", text));
  switch (message.type) {
    case "match":
    case "last_match": {
      const kind = `coinbase.${message.type}`;
      const symbol = symbolOf(kind, "product_id", message.product_id, ours);
      return { kind: "trades", trades: [coinbaseTrade(kind, message, symbol, nowMs)] };
    }
    case "heartbeat": {
      const kind = "coinbase.heartbeat";
      const symbol = symbolOf(kind, "product_id", message.product_id, ours);
      const number = tradeNumber(kind, "last_trade_id", message.last_trade_id);
      return { kind: "heartbeat", last: { symbol, number } };
    }
    case "subscriptions":
      return { kind: "heartbeat", last: null };
    case "error":
      return { kind: "refusal", reason: `${quote(message.message)}, ${quote(message.reason)}` };
  }
  throw new ShapeError("coinbase", "type", message.type, `"match", "heartbeat" or "subscriptions"`);
}

/**
 * Reads a reply of `GET /products/BTC-USD/trades`: an array of
 * `{"trade_id":1,"side":"buy","size":"0.01","price":"67123.45","time":"2026-05-01T12:00:00.123456Z"}`, the newest first.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseCoinbaseTrades(reply: unknown, symbol: string, nowMs: number): Trade[] {
  const kind = "coinbase.trades";
  return array(kind, "message", reply).map((item) =>
    coinbaseTrade(kind, object(kind, "trade", item), symbol, nowMs)
  );
}

/** The feed and the REST API name the same things alike. */
function coinbaseTrade(kind: string, trade: Fields, symbol: string, nowMs: number): Trade {
  return toTrade(tradeNumber(kind, "trade_id", trade.trade_id), {
    source: "coinbase",
    symbol,
    price: price(kind, "price", trade.price),
    size: quantity(kind, "size", trade.size),
    side: choice(kind, "side", trade.side, takerSides),
    time: utcTime(kind, "time", trade.time, nowMs),
  }, nowMs);
}
