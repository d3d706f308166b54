import { parseBinance } from "#pipeline/sources/binance.ts";
import { parseCoinbase } from "#pipeline/sources/coinbase.ts";
import { parseKraken } from "#pipeline/sources/kraken.ts";
import type { Hub } from "#pipeline/hub/hub.ts";
import { stream } from "#pipeline/stream.ts";
import { marketTrades, wires } from "#tests/sources/market.ts";

// What reading a frame costs over a bare JSON.parse of the same frames, and what it adds to encode its tick and hand it
// in batches to a hub, which takes it and does nothing: the figures are the pipeline's own.

const count = 10_000;
const nowMs = Date.parse("2026-05-02T12:00:00Z");
const trades = marketTrades(count);
const frames = (name: keyof typeof wires) => trades.map((trade) => JSON.stringify(wires[name].frame(trade)));

const parsers = {
  binance: { frames: frames("binance"), ours: new Map([["BTCUSDT", "BTC-USD"]]), parse: parseBinance },
  coinbase: { frames: frames("coinbase"), ours: new Map([["BTC-USD", "BTC-USD"]]), parse: parseCoinbase },
  kraken: { frames: frames("kraken"), ours: new Map([["BTC/USD", "BTC-USD"]]), parse: parseKraken },
};

const hub: Hub = {
  send: () => Promise.resolve(),
  receive: () => Promise.resolve(),
  partitions: () => Promise.resolve([]),
  async [Symbol.asyncDispose]() {},
};

for (const [group, { frames, ours, parse }] of Object.entries(parsers)) {
  Deno.bench({ name: `${group}: ${count} frames, bare JSON.parse`, group, baseline: true }, () => {
    for (const frame of frames) JSON.parse(frame);
  });

  Deno.bench({ name: `${group}: parsed to ticks`, group }, () => {
    for (const frame of frames) parse(frame, ours, nowMs);
  });

  Deno.bench({ name: `${group}: parsed and sent`, group }, async () => {
    const source = {
      name: group,
      async *ticks() {
        for (const frame of frames) {
          const message = parse(frame, ours, nowMs);
          if (message.kind === "trades") { for (const { tick } of message.trades) yield tick; }
        }
      },
    };
    await stream(source, hub, { batchTicks: 500, graceMs: 0 }, new AbortController().signal);
  });
}
