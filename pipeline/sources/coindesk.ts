import type { Tick } from "#pipeline/tick.ts";
import { object, price, quote, ShapeError, unixTime } from "./fields.ts";
import { poll, type PollOptions, type PriceApi } from "./poll.ts";
import { reading } from "./reading.ts";
import type { Source } from "./source.ts";

/** What CoinDesk is asked with. */
export interface CoinDeskOptions extends PollOptions {
  /** Required by CoinDesk since 2026-05-21. */
  readonly apiKey?: string;
}

/** CoinDesk states no quota that we know of; this is a free plan's, by its neighbours' measure. */
const quota = { perMinute: 30, perMonth: 10_000 };

/**
 * CoinDesk's reference price (the index CADLI).
 * Wire: https://developers.coindesk.com/documentation/data-api/index_cc_v1_latest_tick
 */
export function coindesk(options: CoinDeskOptions): Source {
  const { symbols, url = "https://data-api.coindesk.com", apiKey } = options;
  const query = new URLSearchParams({
    market: "cadli",
    instruments: symbols.join(","),
    apply_mapping: "true",
  });
  return poll({
    name: "coindesk",
    url: `${url}/index/cc/v1/latest/tick?${query}`,
    headers: apiKey === undefined ? {} : { authorization: `Apikey ${apiKey}` },
    keySetting: "COINDESK_API_KEY",
    quota,
    intervalMs: 5 * 60_000,
    refusal: coinDeskRefusal,
    parse: parseCoinDesk,
  }, options);
}

/**
 * Reads `{"Data":{"BTC-USD":{"VALUE":..,"VALUE_LAST_UPDATE_TS":..,"VALUE_LAST_UPDATE_TS_NS":..}},"Err":{}}`: the time is
 * in seconds, and its nanoseconds are apart; microseconds are kept of them.
 *
 * @throws {ShapeError} when it isn't as documented.
 */
export function parseCoinDesk(reply: unknown, symbol: string, nowMs: number): Tick {
  const kind = "coindesk.tick";
  const data = object(kind, "Data", object(kind, "message", reply).Data);
  const tick = object(kind, symbol, Object.hasOwn(data, symbol) ? data[symbol] : undefined);
  const { VALUE, VALUE_LAST_UPDATE_TS: seconds, VALUE_LAST_UPDATE_TS_NS: nanos } = tick;
  if (!Number.isSafeInteger(nanos) || (nanos as number) < 0 || (nanos as number) >= 1e9) {
    throw new ShapeError(kind, "VALUE_LAST_UPDATE_TS_NS", nanos, "nanoseconds, from 0 to 999999999");
  }
  const second = unixTime(kind, "VALUE_LAST_UPDATE_TS", seconds, 1_000, nowMs).slice(0, 19);
  const micros = String(Math.floor((nanos as number) / 1_000)).padStart(6, "0");
  return reading("coindesk", symbol, price(kind, "VALUE", VALUE), `${second}.${micros}Z`, nowMs);
}

/** `{"Data":{},"Err":{"type":2,"message":"API key required...","http_status_code":401}}` */
export function coinDeskRefusal(reply: unknown): ReturnType<PriceApi["refusal"]> {
  const error = (reply as { Err?: { message?: unknown; http_status_code?: unknown } } | null)?.Err;
  if (error?.message === undefined) return null;
  const status = typeof error.http_status_code === "number" ? error.http_status_code : null;
  return { status, reason: quote(error.message) };
}
