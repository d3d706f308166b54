import type { Tick } from "#pipeline/tick.ts";
import { advise } from "./advice.ts";
import { monotonic, waitUntil } from "./clock.ts";
import { jsonReply, ReplyError } from "./json_reply.ts";
import type { LiveOptions } from "./live.ts";
import { type Quota, shortestInterval } from "./quota.ts";
import { rejects } from "./rejects.ts";
import type { Source, SourceLog } from "./source.ts";

/** What a poller may be told besides. */
export interface PollOptions extends LiveOptions {
  /** The symbols asked for, as we name them. */
  readonly symbols: readonly string[];
  /** Another endpoint, `https://HOST`. */
  readonly url?: string;
  /** From one request to the next; stretched to what the plan pays for. */
  readonly intervalMs?: number;
  /** What the plan pays for, where it isn't the usual one. */
  readonly quota?: Quota;
  /** For one reply [10 s]. */
  readonly timeoutMs?: number;
}

/** All that tells one price API from another. */
export interface PriceApi {
  readonly name: string;
  /** One request for all symbols. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The setting that holds the API key. */
  readonly keySetting: string;
  readonly quota: Quota;
  /** The interval that is usual here. */
  readonly intervalMs: number;
  /** An error that a reply with status 200 tells of; `null` without one. */
  refusal(reply: unknown): { readonly status: number | null; readonly reason: string } | null;
  /**
   * The price of one of the symbols, without side effects.
   *
   * @throws {ShapeError} when the reply isn't as documented.
   */
  parse(reply: unknown, symbol: string, nowMs: number): Tick;
}

/** Up to this the pause doubles. */
const longestPauseMs = 15 * 60_000;

/** So many intervals without a new reading are worth a line in the log. */
const staleIntervals = 5;

/**
 * A price API as a source: asked again and again, at an interval that its plan pays for; the same reading is given once.
 * It never ends by itself.
 *
 * @throws {Error} while reading, when this process may not reach the host.
 */
export function poll(api: PriceApi, options: PollOptions): Source {
  const { symbols, log = () => {}, onReject = () => {}, now = Date.now, clock = monotonic } = options;
  const source = api.name;
  const refused = rejects(source, { log, onReject, now });
  const read = (reply: unknown, symbol: string) => {
    try {
      return api.parse(reply, symbol, now());
    } catch (error) {
      refused.add(error, shown(reply));
      return null;
    }
  };
  return {
    name: source,
    async *ticks(signal) {
      const intervalMs = affordable(api, options, log);
      const isNew = newReadings();
      let freshMs = clock.now();
      let refusals = 0;
      while (!signal.aborted) {
        let dueMs = clock.now() + intervalMs;
        try {
          const reply = await ask(api, options, signal);
          refusals = 0;
          for (const symbol of symbols) {
            const tick = read(reply, symbol);
            if (tick === null || !isNew(tick)) continue;
            freshMs = clock.now();
            yield tick;
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof ReplyError)) throw error;
          refusals = error.status === 429 ? refusals + 1 : 0;
          dueMs = Math.max(dueMs, clock.now() + pauseAfter(error, refusals, intervalMs));
          const retry_ms = Math.ceil(dueMs - clock.now());
          log("source.failed", { source, cause: error.message, advice: error.advice, retry_ms });
        }
        if (clock.now() >= freshMs + staleIntervals * intervalMs) {
          log("source.stale", { source, silent_ms: Math.round(clock.now() - freshMs), advice: staleAdvice });
          freshMs = clock.now();
        }
        await waitUntil(clock, dueMs, signal);
      }
    },
  };
}

/** How long the API wants to be left alone: Retry-After, or, where 429 comes without, twice as long each time. */
function pauseAfter({ status, retryAfterMs }: ReplyError, refusals: number, intervalMs: number): number {
  const doubledMs = status === 429 ? Math.min(longestPauseMs, intervalMs * 2 ** refusals) : 0;
  return Math.max(retryAfterMs, doubledMs);
}

const staleAdvice = "no new reading for long: add another source and --fallback";

/** @throws {ReplyError} when there is no reply, or it tells of an error. */
async function ask(api: PriceApi, options: PollOptions, signal: AbortSignal): Promise<unknown> {
  const { url, headers, keySetting } = api;
  const { fetch, timeoutMs } = options;
  const reply = await jsonReply({ url, headers, keySetting, fetch, timeoutMs }, signal);
  const refusal = api.refusal(reply);
  if (refusal === null) return reply;
  const { host } = new URL(url);
  const { status, reason } = refusal;
  throw new ReplyError(`${host}: ${reason}`, advise({ reason, status, host, keySetting }), status, 0);
}

/** The interval asked for, or the shortest that the plan pays for where that is longer. */
function affordable(
  api: PriceApi,
  { intervalMs = api.intervalMs, quota = api.quota }: PollOptions,
  log: SourceLog,
) {
  const shortestMs = shortestInterval(quota);
  if (intervalMs >= shortestMs) return intervalMs;
  log("source.stretched", {
    source: api.name,
    interval_ms: intervalMs,
    stretched_to_ms: shortestMs,
    advice: `the plan pays for ${quota.perMinute} requests a minute and ${quota.perMonth} a month`,
  });
  return shortestMs;
}

/** The reply as text again; writing a very deep one exhausts the stack. */
function shown(reply: unknown): string {
  try {
    return JSON.stringify(reply);
  } catch {
    return "a reply too deep to show";
  }
}

/** Tells new readings from repeated ones; a cache may also give an older one again after a newer one. */
function newReadings(): (tick: Tick) => boolean {
  const last = new Map<string, Tick>();
  return (tick) => {
    const before = last.get(tick.symbol);
    if (before !== undefined && (before.id === tick.id || before.time > tick.time)) return false;
    last.set(tick.symbol, tick);
    return true;
  };
}
