import { endpointsAt } from "./endpoints.ts";
import { type Exchange, type Message, toTrade, type Trade } from "./exchange.ts";
import { feed, type FeedOptions } from "./feed.ts";
import {
  array,
  type Fields,
  json,
  object,
  price,
  quantity,
  quote,
  ShapeError,
  symbolOf,
  tradeNumber,
  truth,
  unixTime,
} from "./fields.ts";
import { jsonReply } from "./json_reply.ts";
import type { Source } from "./source.ts";

/** The hosts for market data, which ask for no key. */
const own = { feed: "wss://data-stream.binance.vision", trades: "https://data-api.binance.vision" };

/** Binance cuts a connection at 24 hours. */
const lifeMs = (24 * 60 - 10) * 60_000;

/** The most that one reply holds. */
const pageTrades = 1_000;

/**
 * Trades of Binance's spot market. It has no dollar: `BTC-USD` asks for BTCUSDT, in a token that follows the dollar.
 * Wire: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 *
 * @throws {Error} for two symbols that are one there, `BTC-USD` and `BTC-USDT`.
 */
export function binance(options: FeedOptions): Source {
  return feed(binanceExchange(options), options);
}

function binanceExchange({ symbols, url, fetch, now = Date.now }: FeedOptions): Exchange {
  const at = endpointsAt(url, own);
  const ours = ourSymbols(symbols);
  const streams = [...ours.keys()].map((name) => `${name.toLowerCase()}@trade`);
  return {
    name: "binance",
    url: `${at.feed}/stream?streams=${streams.join("/")}`,
    subscribe: [],
    lifeMs,
    parse: (text, nowMs) => parseBinance(text, ours, nowMs),
    async backfill(symbol, { from }, signal) {
      const query = `symbol=${binanceSymbol(symbol)}&fromId=${from}&limit=${pageTrades}`;
      const reply = await jsonReply({ url: `${at.trades}/api/v3/historicalTrades?${query}`, fetch }, signal);
      return parseBinanceTrades(reply, symbol, now());
    },
  };
}

/** Our symbol by theirs. */
function ourSymbols(symbols: readonly string[]): ReadonlyMap<string, string> {
  const ours = new Map<string, string>();
  for (const symbol of symbols) {
    const theirs = binanceSymbol(symbol);
    const other = ours.get(theirs) ?? symbol;
    if (other !== symbol) {
      throw new Error(`${other} and ${symbol} are both ${theirs} on Binance: ask for one of them`);
    }
    ours.set(theirs, symbol);
  }
  return ours;
}

/** `BTC-USD` is BTCUSDT there, `ETH-BTC` is ETHBTC. */
function binanceSymbol(symbol: string): string {
  return symbol.replace(/-USD$/, "-USDT").replace("-", "");
}

/**
 * Reads `{"stream":"btcusdt@trade","data":{"e":"trade",...}}`, or the inner part alone. `ours` has our symbol by theirs.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseBinance(text: string, ours: ReadonlyMap<unknown, string>, nowMs: number): Message {
  const message = object("binance", "message", json("binance", text));
  const event = object("binance", "data", message.data ?? message.event ?? message);
  if (event.e === "trade") return { kind: "trades", trades: [streamedTrade(event, ours, nowMs)] };
  if (event.e === "serverShutdown") return { kind: "closing", reason: "the server is about to shut down" };
  if (event.error !== undefined) {
    const { msg } = object("binance.error", "error", event.error);
    return { kind: "refusal", reason: quote(msg) };
  }
  throw new ShapeError("binance", "e", event.e, `"trade" or "serverShutdown"`);
}

/** `T` is when it was traded. With `m` the buyer was the maker, so the taker sold. */
function streamedTrade(event: Fields, ours: ReadonlyMap<unknown, string>, nowMs: number): Trade {
  const kind = "binance.trade";
  return toTrade(tradeNumber(kind, "t", event.t), {
    source: "binance",
    symbol: symbolOf(kind, "s", event.s, ours),
    price: price(kind, "p", event.p),
    size: quantity(kind, "q", event.q),
    side: truth(kind, "m", event.m) ? "sell" : "buy",
    time: unixTime(kind, "T", event.T, 1, nowMs),
  }, nowMs);
}

/**
 * Reads a reply of `GET /api/v3/historicalTrades`: an array of
 * `{"id":1,"price":"67123.45","qty":"0.01","time":1672515782136,"isBuyerMaker":true}`.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseBinanceTrades(reply: unknown, symbol: string, nowMs: number): Trade[] {
  const kind = "binance.historicalTrades";
  return array(kind, "message", reply).map((item) => {
    const trade = object(kind, "trade", item);
    return toTrade(tradeNumber(kind, "id", trade.id), {
      source: "binance",
      symbol,
      price: price(kind, "price", trade.price),
      size: quantity(kind, "qty", trade.qty),
      side: truth(kind, "isBuyerMaker", trade.isBuyerMaker) ? "sell" : "buy",
      time: unixTime(kind, "time", trade.time, 1, nowMs),
    }, nowMs);
  });
}
