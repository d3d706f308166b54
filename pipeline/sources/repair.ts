import type { Tick } from "#pipeline/tick.ts";
import type { Clock } from "./clock.ts";
import type { Exchange, Hole, Trade } from "./exchange.ts";
import { ReplyError } from "./json_reply.ts";
import type { Queue } from "./queue.ts";
import type { Gap, SourceLog } from "./source.ts";
import type { FoundHole, TradeNumbers } from "./trade_numbers.ts";

/** How holes are filled. */
export interface RepairOptions {
  readonly exchange: Exchange;
  /** What is followed, by symbol. */
  readonly numbers: ReadonlyMap<string, TradeNumbers>;
  /** Takes what was missing. */
  readonly inbox: Queue<Tick>;
  readonly onGap: (gap: Gap) => void;
  readonly log: SourceLog;
  readonly clock: Clock;
  /** Our own clock, milliseconds since the epoch. */
  readonly now: () => number;
}

/** A late trade may still fill its place by itself: so old is a hole when it is a gap. */
const graceMs = 2_000;

/** So many times in a row the exchange may fail before a gap is given up. */
const attempts = 5;

/** The pause between two requests, and the one after a first failure, which doubles. */
const requestPauseMs = 250;
const failurePauseMs = 2_000;

/** The most trades that are asked for again: some hours of a busy market, and 100 requests. */
const mostTrades = 100_000;

/**
 * Watches for holes, asks the exchange for what is in them, and tells `onGap` of each with what came of it; until the
 * signal aborts, when what is still open is told of as it is.
 */
export async function repairGaps(options: RepairOptions, signal: AbortSignal): Promise<void> {
  const { numbers, clock } = options;
  while (!signal.aborted) {
    await clock.wait(graceMs / 2, signal);
    for (const [symbol, followed] of numbers) {
      const due = followed.holes().filter(({ foundMs }) => clock.now() >= foundMs + graceMs);
      for (const hole of due) {
        await fillHole(options, symbol, followed, hole, signal);
        report(options, symbol, followed, hole);
        if (signal.aborted) break;
      }
    }
  }
  for (const [symbol, followed] of numbers) {
    for (const hole of [...followed.holes()]) report(options, symbol, followed, hole);
  }
}

/** Asks until nothing is missing, an answer brings nothing more, or the exchange has failed too often. */
async function fillHole(
  { exchange, inbox, log, clock }: RepairOptions,
  symbol: string,
  followed: TradeNumbers,
  hole: FoundHole,
  signal: AbortSignal,
): Promise<void> {
  let { after } = hole;
  for (let failures = 0; !signal.aborted;) {
    const rest = missingIn(followed, hole, after);
    if (rest === null || rest.to - rest.from >= mostTrades) return;
    await inbox.room();
    let pauseMs = requestPauseMs;
    try {
      const trades = await exchange.backfill(symbol, rest, signal);
      if (signal.aborted) return;
      // Not those of a younger hole, which would then have no row of its own.
      const news = trades.filter(({ number }) =>
        number >= hole.from && number <= hole.to && followed.fill(number)
      );
      if (news.length === 0) return;
      inbox.add(news.map(({ tick }) => tick));
      after = latestBefore(trades, missingIn(followed, hole, after)?.from ?? 0) ?? after;
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (++failures === attempts) return;
      const asked = error instanceof ReplyError ? error : null;
      pauseMs = Math.max(failurePauseMs * 2 ** (failures - 1), asked?.retryAfterMs ?? 0);
      const reason = (error as Error).message;
      log("source.backfill_failed", {
        source: exchange.name,
        symbol,
        reason,
        advice: asked?.advice,
        retry_ms: pauseMs,
      });
    }
    await clock.wait(pauseMs, signal);
  }
}

/** What is still missing of a hole, from the first to the last number. */
function missingIn(followed: TradeNumbers, hole: Hole, after: string): Hole | null {
  const parts = followed.holes().filter(({ from, to }) => from <= hole.to && to >= hole.from);
  if (parts.length === 0) return null;
  return { from: Math.max(parts[0]!.from, hole.from), to: Math.min(parts.at(-1)!.to, hole.to), after };
}

/** The time of the last trade before this number. */
function latestBefore(trades: readonly Trade[], number: number): string | undefined {
  let latest: Trade | undefined;
  for (const trade of trades) {
    if (trade.number < number && trade.number > (latest?.number ?? -1)) latest = trade;
  }
  return latest?.tick.time;
}

function report(
  { exchange, onGap, log, now }: RepairOptions,
  symbol: string,
  followed: TradeNumbers,
  { from, to, after, cause }: FoundHole,
): void {
  const missing = followed.close(from, to);
  const found_at = new Date(now()).toISOString();
  const source = exchange.name;
  const gap: Gap = { source, symbol, from, to, after, cause, repaired: missing === 0, missing, found_at };
  log("source.gap", { ...gap });
  onGap(gap);
}
