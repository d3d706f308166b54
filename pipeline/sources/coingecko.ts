import type { Tick } from "#pipeline/tick.ts";
import { object, price, quote, unixTime } from "./fields.ts";
import { poll, type PollOptions, type PriceApi } from "./poll.ts";
import { reading } from "./reading.ts";
import type { Source } from "./source.ts";

/** What CoinGecko is asked with. */
export interface CoinGeckoOptions extends PollOptions {
  /** A key of the free Demo plan. */
  readonly demoKey?: string;
  /** A key of a paid plan, which has a host of its own. */
  readonly proKey?: string;
}

/** Coins by the id that CoinGecko has for them. https://api.coingecko.com/api/v3/coins/list has them all. */
const coins: Readonly<Record<string, string>> = {
  ADA: "cardano",
  AVAX: "avalanche-2",
  BCH: "bitcoin-cash",
  BNB: "binancecoin",
  BTC: "bitcoin",
  DOGE: "dogecoin",
  DOT: "polkadot",
  ETH: "ethereum",
  LINK: "chainlink",
  LTC: "litecoin",
  SOL: "solana",
  XRP: "ripple",
};

/**
 * CoinGecko's average price over many exchanges, which it makes anew every 60 s (20 s for paid plans).
 * Wire: https://docs.coingecko.com/reference/simple-price
 *
 * @throws {Error} for a coin whose id isn't known here.
 */
export function coingecko(options: CoinGeckoOptions): Source {
  const { symbols, url, demoKey, proKey } = options;
  const pairs = symbols.map(coinAndCurrency);
  const query = new URLSearchParams({
    ids: unique(pairs.map(({ coin }) => coin)),
    vs_currencies: unique(pairs.map(({ currency }) => currency)),
    include_last_updated_at: "true",
    precision: "full",
  });
  const host = url ?? `https://${proKey === undefined ? "api" : "pro-api"}.coingecko.com`;
  return poll({ ...planOf(demoKey, proKey), ...api, url: `${host}/api/v3/simple/price?${query}` }, options);
}

const api = {
  name: "coingecko",
  intervalMs: 60_000,
  refusal: coinGeckoRefusal,
  parse: parseCoinGecko,
} satisfies Partial<PriceApi>;

/** https://www.coingecko.com/en/api/pricing; without a key about 5 requests a minute are let through. */
function planOf(demoKey?: string, proKey?: string): Pick<PriceApi, "headers" | "keySetting" | "quota"> {
  if (proKey !== undefined) {
    const quota = { perMinute: 250, perMonth: 100_000 };
    return { headers: { "x-cg-pro-api-key": proKey }, keySetting: "COINGECKO_PRO_API_KEY", quota };
  }
  const keySetting = "COINGECKO_DEMO_API_KEY";
  if (demoKey === undefined) return { headers: {}, keySetting, quota: { perMinute: 5, perMonth: Infinity } };
  const quota = { perMinute: 30, perMonth: 10_000 };
  return { headers: { "x-cg-demo-api-key": demoKey }, keySetting, quota };
}

/**
 * Reads `{"bitcoin":{"usd":67123.45,"last_updated_at":1746246720}}`; the time is in seconds.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseCoinGecko(reply: unknown, symbol: string, nowMs: number): Tick {
  const kind = "coingecko.simple_price";
  const { coin, currency } = coinAndCurrency(symbol);
  const fields = object(kind, coin, object(kind, "message", reply)[coin]);
  const time = unixTime(kind, "last_updated_at", fields.last_updated_at, 1_000, nowMs);
  return reading("coingecko", symbol, price(kind, `${coin}.${currency}`, fields[currency]), time, nowMs);
}

/** `{"status":{"error_code":10010,"error_message":"..."}}`: 10002, 10010 and 10011 are about the key, 10005 the plan. */
export function coinGeckoRefusal(reply: unknown): ReturnType<PriceApi["refusal"]> {
  const status = (reply as { status?: { error_code?: unknown; error_message?: unknown } } | null)?.status;
  const code = status?.error_code;
  if (typeof code !== "number") return null;
  const http = code === 10_005 ? 403 : code > 10_000 ? 401 : code;
  return { status: http, reason: `error ${code}, ${quote(status?.error_message)}` };
}

function coinAndCurrency(symbol: string): { coin: string; currency: string } {
  const [base = "", currency = ""] = symbol.split("-");
  if (!Object.hasOwn(coins, base)) {
    throw new Error(
      `coingecko has no "${symbol}" here: expected one of ${Object.keys(coins).join(", ")} before the -`,
    );
  }
  return { coin: coins[base]!, currency: currency.toLowerCase() };
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].join(",");
}
