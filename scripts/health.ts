import type { Gap } from "#pipeline/sources/source.ts";
import type { Tick } from "#pipeline/tick.ts";

/** How a stream fares. */
export interface Health {
  /** Ticks that the hub accepted. */
  readonly ticks: number;
  /** Ticks a second, since it was last asked. */
  readonly rate: number;
  readonly symbol: string | null;
  readonly price: number | null;
  /** How long ago the last tick was sent. */
  readonly age_ms: number | null;
  /** Connections and requests that ended before their time, and were made again. */
  readonly retries: number;
  readonly gaps: number;
  /** Trades that are missing for good. */
  readonly missing: number;
  /** Messages that were not as documented. */
  readonly refused: number;
}

/** Counts what happens to a stream. */
export interface Pulse {
  onSent(ticks: readonly Tick[]): void;
  onGap(gap: Gap): void;
  onReject(): void;
  onLog(event: string): void;
  health(): Health;
}

/** Starts counting; `now` is a monotonic clock in milliseconds. */
export function pulse(now: () => number = () => performance.now()): Pulse {
  let ticks = 0;
  let last: Tick | undefined;
  let sentMs = 0;
  let retries = 0;
  let gaps = 0;
  let missing = 0;
  let refused = 0;
  let asked = { ticks: 0, ms: now() };
  return {
    onSent(sent) {
      ticks += sent.length;
      last = sent.at(-1);
      sentMs = now();
    },
    onGap(gap) {
      gaps++;
      missing += gap.missing;
    },
    onReject() {
      refused++;
    },
    onLog(event) {
      if (event === "source.lost" || event === "source.failed") retries++;
    },
    health() {
      const seconds = (now() - asked.ms) / 1_000;
      const rate = seconds > 0 ? Math.round((ticks - asked.ticks) / seconds * 10) / 10 : 0;
      asked = { ticks, ms: now() };
      const { symbol = null, price = null } = last ?? {};
      const age_ms = last === undefined ? null : Math.round(now() - sentMs);
      return { ticks, rate, symbol, price, age_ms, retries, gaps, missing, refused };
    },
  };
}

/** One line for a terminal. */
export function healthLine({ ticks, rate, symbol, price, age_ms, retries, gaps, refused }: Health): string {
  const age = age_ms === null ? "no tick yet" : `${symbol} ${price}, ${(age_ms / 1_000).toFixed(1)} s ago`;
  return `${ticks} ticks, ${rate}/s, ${age}, ${retries} retries, ${gaps} gaps, ${refused} refused`;
}

/** What is said at the end, where a source was live. */
export function totalsText({ retries, gaps, missing, refused }: Health): string {
  return `${retries} retries, ${gaps} gaps (${missing} trades missing), ${refused} messages refused`;
}
