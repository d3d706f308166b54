import { binance } from "./binance.ts";
import { coinbase } from "./coinbase.ts";
import { coindesk, type CoinDeskOptions } from "./coindesk.ts";
import { coingecko, type CoinGeckoOptions } from "./coingecko.ts";
import type { FeedOptions } from "./feed.ts";
import { kraken } from "./kraken.ts";
import type { LiveOptions } from "./live.ts";
import { merge } from "./merge.ts";
import { pace, take } from "./pace.ts";
import type { PollOptions } from "./poll.ts";
import { replay } from "./replay.ts";
import { simulated } from "./simulated.ts";
import type { Source, SourceLog } from "./source.ts";
import { standIn } from "./stand_in.ts";

/** What a person may say about a source; each uses what concerns it. */
export interface SourceSettings {
  /** One or more, `BTC-USD`; a file or a simulation takes the first. */
  readonly symbols: readonly string[];
  /** At most so many ticks; Infinity for no end. */
  readonly count: number;
  /** Ticks' own time over the clock's: 1 is live, Infinity as fast as it goes. */
  readonly speed: number;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly file: string | null;
  readonly log: SourceLog;
  readonly live?: LiveSettings;
}

/** What concerns exchanges and price APIs. */
export interface LiveSettings extends Omit<LiveOptions, "log"> {
  /** Other endpoints, by the name of the source. */
  readonly urls?: Readonly<Record<string, string>>;
  /** From one request of a price API to the next; each has its own default. */
  readonly intervalMs?: number;
  /** An exchange's connection without a trade for so long is opened anew. */
  readonly staleMs?: number;
  /** With "fallback": so long a source may be silent; each has its own default. */
  readonly patienceMs?: number;
  /** Keys and quotas. */
  readonly coingecko?: Pick<CoinGeckoOptions, "demoKey" | "proKey" | "quota">;
  readonly coindesk?: Pick<CoinDeskOptions, "apiKey" | "quota">;
}

/** A line of the table below. */
export interface SourceEntry {
  readonly about: string;
  /** How it reaches the exchange, and then never ends by itself; `null` for what needs no network. */
  readonly protocol: "ws" | "http" | null;
  /** So long it may be silent before another one should stand in for it. */
  readonly patienceMs: number;
  readonly open: (settings: SourceSettings) => Source;
}

/** Enough to find the silence of a connection, and to try another one. */
const feedPatienceMs = 30_000;

/** Every source by name: a new one is a file beside this and a line here. */
export const sources: Readonly<Record<string, SourceEntry>> = {
  simulated: {
    about: "a seeded random walk with clustered volatility, jumps and trade sizes",
    protocol: null,
    patienceMs: Infinity,
    open: ({ symbols, seed, startMs, stepMs }) => simulated({ symbol: symbols[0]!, seed, startMs, stepMs }),
  },
  replay: {
    about: "a file or folder: NDJSON of ticks or of DATA605, CSV of open, high, low, close, volume (--file)",
    protocol: null,
    patienceMs: Infinity,
    open({ file, symbols, log }) {
      if (file === null) throw new Error("Cannot replay: no file was named; add --file");
      return replay({ file, symbol: symbols[0]!, log });
    },
  },
  binance: {
    about: "every trade on Binance (in USDT for USD)",
    protocol: "ws",
    patienceMs: feedPatienceMs,
    open: (settings) => binance(liveOptions("binance", settings)),
  },
  coinbase: {
    about: "every trade on Coinbase Exchange",
    protocol: "ws",
    patienceMs: feedPatienceMs,
    open: (settings) => coinbase(liveOptions("coinbase", settings)),
  },
  kraken: {
    about: "every trade on Kraken",
    protocol: "ws",
    patienceMs: feedPatienceMs,
    open: (settings) => kraken(liveOptions("kraken", settings)),
  },
  coingecko: {
    about: "CoinGecko's average price, asked for once a minute",
    protocol: "http",
    patienceMs: 10 * 60_000, // two intervals of the Demo plan
    open: (settings) => coingecko({ ...liveOptions("coingecko", settings), ...settings.live?.coingecko }),
  },
  coindesk: {
    about: "CoinDesk's reference price, asked for every 5 minutes (needs a key)",
    protocol: "http",
    patienceMs: 15 * 60_000,
    open: (settings) => coindesk({ ...liveOptions("coindesk", settings), ...settings.live?.coindesk }),
  },
};

/** Opens a source of the table, cut and paced as the settings say. */
export function openSource(name: string, settings: SourceSettings): Source {
  return openSources([name], settings, "together");
}

/**
 * Opens several as one, cut and paced as the settings say: all of them together, or the first, with the others to stand
 * in for it one after the other.
 */
export function openSources(
  names: readonly string[],
  settings: SourceSettings,
  how: "together" | "fallback",
): Source {
  const { log, count, speed, live } = settings;
  const opened = names.map((name) => entryOf(name).open(settings));
  const asOne = () =>
    how === "together" ? merge(opened, log) : opened.reduceRight((second, first) => {
      const patienceMs = live?.patienceMs ?? entryOf(first.name).patienceMs;
      return standIn(first, second, { patienceMs, log, clock: live?.clock });
    });
  return pace(take(opened.length === 1 ? opened[0]! : asOne(), count), speed);
}

function entryOf(name: string): SourceEntry {
  if (Object.hasOwn(sources, name)) return sources[name]!;
  throw new Error(`Unknown source "${name}", expected one of ${Object.keys(sources).join(", ")}`);
}

function liveOptions(name: string, { symbols, log, live = {} }: SourceSettings): FeedOptions & PollOptions {
  return { ...live, symbols, log, url: live.urls?.[name] };
}
