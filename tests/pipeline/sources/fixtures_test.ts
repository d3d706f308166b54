import assert from "node:assert/strict";
import { parseBinance, parseBinanceTrades } from "#pipeline/sources/binance.ts";
import { parseCoinbase, parseCoinbaseTrades } from "#pipeline/sources/coinbase.ts";
import { coinDeskRefusal, parseCoinDesk } from "#pipeline/sources/coindesk.ts";
import { coinGeckoRefusal, parseCoinGecko } from "#pipeline/sources/coingecko.ts";
import { json, ShapeError } from "#pipeline/sources/fields.ts";
import { parseKraken, parseKrakenTrades } from "#pipeline/sources/kraken.ts";

const folder = new URL("../../fixtures/sources/", import.meta.url);

/** `-- --update` after the test command writes what is expected anew: read it before it is committed. */
const update = Deno.args.includes("--update");
if (update && Deno.env.get("CI")) throw new Error("--update is not for CI: there the fixtures decide");

const nowMs = Date.parse("2026-05-01T12:00:05Z");
const pairs = (...names: readonly string[]) =>
  new Map(names.map((name, i) => [name, ["BTC-USD", "ETH-USD"][i]!]));

type Read = (text: string) => unknown;

/** How each exchange's messages are read; its past trades come over HTTP. */
const readers: Readonly<Record<string, { readonly message: Read; readonly past_trades: Read }>> = {
  binance: {
    message: (text) => parseBinance(text, pairs("BTCUSDT", "ETHUSDT"), nowMs),
    past_trades: (text) => parseBinanceTrades(json("reply", text), "BTC-USD", nowMs),
  },
  coinbase: {
    message: (text) => parseCoinbase(text, pairs("BTC-USD", "ETH-USD"), nowMs),
    past_trades: (text) => parseCoinbaseTrades(json("reply", text), "BTC-USD", nowMs),
  },
  kraken: {
    message: (text) => parseKraken(text, pairs("BTC/USD", "ETH/USD"), nowMs),
    past_trades: (text) => parseKrakenTrades(json("reply", text), "BTC-USD", nowMs),
  },
  coingecko: priceApi(parseCoinGecko, coinGeckoRefusal),
  coindesk: priceApi(parseCoinDesk, coinDeskRefusal),
};

function priceApi(parse: typeof parseCoinGecko, refusal: (reply: unknown) => unknown) {
  const message = (text: string) => {
    const reply = json("reply", text);
    return refusal(reply) ??
      ["BTC-USD", "BTC-GBP", "BTC-EUR"].map((symbol) => orRefusal(() => parse(reply, symbol, nowMs)));
  };
  return { message, past_trades: message };
}

function orRefusal(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return { refused: error.message };
  }
}

for (const [source, { message, past_trades }] of Object.entries(readers)) {
  for (const { name } of Deno.readDirSync(new URL(`${source}/`, folder))) {
    if (name.endsWith(".expected.json")) continue;
    const title = name.replace(".json", "");
    Deno.test(`${source} reads ${title.replaceAll("_", " ")}`, () => {
      const text = Deno.readTextFileSync(new URL(`${source}/${name}`, folder));
      const outcome = orRefusal(() => (title.startsWith("past_trades") ? past_trades : message)(text));
      const path = new URL(`${source}/${title}.expected.json`, folder);
      if (update) Deno.writeTextFileSync(path, `${JSON.stringify(outcome, null, 2)}\n`);
      assert.deepEqual(outcome, JSON.parse(Deno.readTextFileSync(path)));
    });
  }
}
