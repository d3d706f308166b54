import type { Tick } from "#pipeline/tick.ts";
import { type Clock, monotonic } from "./clock.ts";
import type { Heard } from "./connection.ts";
import type { Exchange, Trade } from "./exchange.ts";
import type { LiveOptions } from "./live.ts";
import { type Queue, queue } from "./queue.ts";
import { type Rejects, rejects } from "./rejects.ts";
import { repairGaps } from "./repair.ts";
import { keepOpen } from "./socket.ts";
import type { Source, SourceLog } from "./source.ts";
import { type TradeNumbers, tradeNumbers } from "./trade_numbers.ts";

/** What a feed may be told besides. */
export interface FeedOptions extends LiveOptions {
  /** The symbols asked for, as we name them. */
  readonly symbols: readonly string[];
  /** Another endpoint, `wss://HOST`; past trades are then asked for at `https://HOST`. */
  readonly url?: string;
  /** A connection without a trade for so long is opened anew [15 s]. */
  readonly staleMs?: number;
  /** So many ticks may wait to be taken; what comes then is left out, and asked for again afterwards [20,000]. */
  readonly capacity?: number;
  /** Longer messages end the connection [1 MiB]. */
  readonly maxFrameLength?: number;
}

/**
 * An exchange's trades as a source: it keeps the WebSocket open, takes every trade once, and has what is missing asked
 * for again. It never ends by itself.
 */
export function feed(exchange: Exchange, options: FeedOptions): Source {
  return {
    name: exchange.name,
    async *ticks(signal) {
      const stop = new AbortController();
      const running = AbortSignal.any([signal, stop.signal]);
      const inbox = queue<Tick>(options.capacity ?? 20_000);
      running.addEventListener("abort", inbox.end, { once: true });
      if (running.aborted) inbox.end();
      const work = run(exchange, options, inbox, running).catch(inbox.fail);
      try {
        for await (const ticks of inbox) {
          for (const tick of ticks) yield tick;
        }
      } finally {
        stop.abort();
        await work;
      }
    },
  };
}

async function run(
  exchange: Exchange,
  options: FeedOptions,
  inbox: Queue<Tick>,
  signal: AbortSignal,
): Promise<void> {
  const { log = () => {}, onGap = () => {}, onReject = () => {}, now = Date.now, clock = monotonic } =
    options;
  const numbers = new Map(options.symbols.map((symbol) => [symbol, tradeNumbers()]));
  const intake = tradeIntake(exchange, numbers, inbox, {
    log,
    clock,
    now,
    refused: rejects(exchange.name, { log, onReject, now }),
  });
  const failed = new AbortController();
  const running = AbortSignal.any([signal, failed.signal]);
  const socket = keepOpen({
    source: exchange.name,
    url: exchange.url,
    subscribe: exchange.subscribe,
    lifeMs: exchange.lifeMs,
    staleMs: options.staleMs ?? 15_000,
    maxFrameLength: options.maxFrameLength ?? 1_048_576,
    hear: intake.hear,
    onLost: intake.lost,
    log,
    clock,
    random: options.random ?? Math.random,
    WebSocket: options.WebSocket ?? WebSocket,
  }, running).catch((error) => {
    failed.abort(error);
    throw error;
  });
  const outcomes = await Promise.allSettled([
    socket,
    repairGaps({ exchange, numbers, inbox, onGap, log, clock, now }, running),
  ]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

interface Intake {
  readonly hear: (text: string) => Heard;
  readonly lost: (cause: string) => void;
}

/** Takes what a socket hears: new trades to the inbox, everything else to where it belongs. */
function tradeIntake(
  exchange: Exchange,
  numbers: ReadonlyMap<string, TradeNumbers>,
  inbox: Queue<Tick>,
  { log, clock, now, refused }: {
    readonly log: SourceLog;
    readonly clock: Clock;
    readonly now: () => number;
    readonly refused: Rejects;
  },
): Intake {
  let cause = "skipped";
  let leftOut = 0;
  const take = (trades: readonly Trade[]) => {
    if (inbox.full) {
      if (leftOut === 0) {
        log("source.overflow", { source: exchange.name, advice: "the hub is slower than the exchange" });
      }
      leftOut += trades.length;
      for (const { number, tick } of trades) numbers.get(tick.symbol)?.miss(number, "overflow", clock.now());
      return;
    }
    if (leftOut > 0) log("source.overflow_ended", { source: exchange.name, left_out: leftOut });
    leftOut = 0;
    const news = trades.filter(({ number, tick }) =>
      numbers.get(tick.symbol)?.see(number, tick.time, cause, clock.now())
    );
    inbox.add(news.map(({ tick }) => tick));
    cause = "skipped";
  };
  return {
    lost(why) {
      cause = why;
    },
    hear(text) {
      try {
        const message = exchange.parse(text, now());
        switch (message.kind) {
          case "trades":
            take(message.trades);
            return "data";
          case "heartbeat":
            if (message.last !== null) {
              numbers.get(message.last.symbol)?.miss(message.last.number, cause, clock.now());
            }
            return "heartbeat";
          case "closing":
            return { closing: message.reason };
          case "refusal":
            return { refusal: message.reason };
        }
      } catch (error) {
        refused.add(error, text);
        return "heartbeat";
      }
    },
  };
}
