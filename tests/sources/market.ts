import { binance } from "#pipeline/sources/binance.ts";
import { coinbase } from "#pipeline/sources/coinbase.ts";
import type { FeedOptions } from "#pipeline/sources/feed.ts";
import { kraken } from "#pipeline/sources/kraken.ts";
import type { Source } from "#pipeline/sources/source.ts";

/** A trade as the exchange itself knows it, of BTC-USD. */
export interface MarketTrade {
  readonly number: number;
  readonly price: number;
  readonly size: number;
  readonly taker: "buy" | "sell";
  readonly timeMs: number;
}

/** An exchange's way to tell of its trades. */
export interface Wire {
  readonly open: (options: FeedOptions) => Source;
  /** The message of one trade. */
  readonly frame: (trade: MarketTrade) => unknown;
  readonly heartbeat: unknown;
  /** Answers requests for past trades, as few at a time as a test wants. */
  readonly past: (trades: readonly MarketTrade[], request: Request, page: number) => Response;
}

/** Trades one after the other, from number 1,000 on, a quarter of a second apart. */
export function marketTrades(count: number, startMs = Date.parse("2026-05-01T12:00:00Z")): MarketTrade[] {
  return Array.from({ length: count }, (_, i) => ({
    number: 1_000 + i,
    price: 65_000 + (i * 37) % 1_000 / 10,
    size: (1 + i % 9) / 100,
    taker: i % 3 === 0 ? "buy" : "sell",
    timeMs: startMs + i * 250,
  }));
}

export const wires: Readonly<Record<"binance" | "coinbase" | "kraken", Wire>> = {
  binance: {
    open: binance,
    frame: ({ number, price, size, taker, timeMs }) => ({
      stream: "btcusdt@trade",
      data: {
        e: "trade",
        E: timeMs,
        s: "BTCUSDT",
        t: number,
        p: price.toFixed(8),
        q: size.toFixed(8),
        T: timeMs,
        m: taker === "sell",
        M: true,
      },
    }),
    heartbeat: null,
    past(trades, request, page) {
      const from = Number(new URL(request.url).searchParams.get("fromId"));
      return Response.json(
        trades.filter(({ number }) => number >= from).slice(0, page).map((trade) => ({
          id: trade.number,
          price: trade.price.toFixed(8),
          qty: trade.size.toFixed(8),
          time: trade.timeMs,
          isBuyerMaker: trade.taker === "sell",
        })),
      );
    },
  },
  coinbase: {
    open: coinbase,
    frame: (trade) => ({
      type: "match",
      product_id: "BTC-USD",
      sequence: trade.number * 7,
      ...coinbaseFields(trade),
    }),
    heartbeat: { type: "subscriptions", channels: [] },
    past(trades, request, page) {
      const after = Number(new URL(request.url).searchParams.get("after"));
      return Response.json(
        trades.filter(({ number }) => number < after).slice(-page).reverse().map(coinbaseFields),
      );
    },
  },
  kraken: {
    open: kraken,
    frame: ({ number, price, size, taker, timeMs }) => ({
      channel: "trade",
      type: "update",
      data: [{
        symbol: "BTC/USD",
        side: taker,
        price,
        qty: size,
        ord_type: "market",
        trade_id: number,
        timestamp: new Date(timeMs).toISOString(),
      }],
    }),
    heartbeat: { channel: "heartbeat" },
    past(trades, request, page) {
      const sinceMs = Number(new URL(request.url).searchParams.get("since")) / 1e6;
      const rows = trades.filter(({ timeMs }) => timeMs > sinceMs).slice(0, page).map((trade) => [
        trade.price.toFixed(5),
        trade.size.toFixed(8),
        trade.timeMs / 1_000,
        trade.taker === "buy" ? "b" : "s",
        "m",
        "",
        trade.number,
      ]);
      return Response.json({ error: [], result: { XXBTZUSD: rows, last: "0" } });
    },
  },
};

function coinbaseFields({ number, price, size, taker, timeMs }: MarketTrade) {
  return {
    trade_id: number,
    side: taker === "buy" ? "sell" : "buy",
    size: size.toFixed(8),
    price: price.toFixed(2),
    time: new Date(timeMs).toISOString(),
  };
}
