import type { Hub, OutgoingEvent } from "./hub/hub.ts";
import type { Source } from "./sources/source.ts";
import { encodeTick, type Tick } from "./tick.ts";

/** How to stream. */
export interface StreamOptions {
  /** At most so many ticks in one call of the hub. */
  readonly batchTicks: number;
  /** How long ticks that were read may still be sent after the signal. */
  readonly graceMs: number;
  /** Called with the ticks that the hub has accepted, in order. */
  readonly onSent?: (ticks: readonly Tick[]) => void;
}

/** What a stream did. */
export interface StreamTotals {
  /** Ticks that the hub accepted. */
  sent: number;
  /** Ticks read from the source, but not accepted before the grace time was over. */
  unsent: number;
}

/**
 * Sends a source's ticks until it ends or the signal aborts. One batch is under way at a time, which keeps the order;
 * meanwhile the next one gathers, so that batches grow with the load and a quiet source waits for nothing. When the
 * hub is slow, reading stops at one batch in waiting.
 *
 * @throws {Error} when the source fails (after what it gave has been sent), or the hub refuses a batch.
 */
export async function stream(
  source: Source,
  hub: Hub,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<StreamTotals> {
  const totals: StreamTotals = { sent: 0, unsent: 0 };
  const sending = new AbortController();
  const reading = AbortSignal.any([signal, sending.signal]);
  using _grace = afterAbort(signal, options.graceMs, () => sending.abort(signal.reason));
  const queue = boundedQueue<Tick>(options.batchTicks);

  const read = (async () => {
    try {
      for await (const tick of source.ticks(reading)) {
        queue.push(tick);
        if (queue.full) await queue.room();
      }
    } finally {
      queue.end();
    }
  })();
  const send = (async () => {
    for (let ticks = await queue.takeAll(); ticks.length > 0; ticks = await queue.takeAll()) {
      totals.unsent = ticks.length;
      await hub.send(ticks.map(toEvent), sending.signal);
      totals.unsent = 0;
      totals.sent += ticks.length;
      options.onSent?.(ticks);
    }
  })().catch((error) => {
    // The source must not wait for room in a queue that nobody empties.
    sending.abort(error);
    totals.unsent += queue.close();
    if (!signal.aborted) throw error;
  });
  const [readOutcome, sendOutcome] = await Promise.allSettled([read, send]);
  if (sendOutcome.status === "rejected") throw sendOutcome.reason;
  if (readOutcome.status === "rejected") throw readOutcome.reason;
  return totals;
}

/** The partition key is the symbol: a symbol's ticks stay in order. */
function toEvent(tick: Tick): OutgoingEvent {
  return { partitionKey: tick.symbol, body: encodeTick(tick) };
}

/** Runs `act` once, `delayMs` after the signal aborts, unless disposed before. */
function afterAbort(signal: AbortSignal, delayMs: number, act: () => void): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => timer = setTimeout(act, delayMs);
  if (signal.aborted) start();
  else signal.addEventListener("abort", start, { once: true });
  return {
    [Symbol.dispose]() {
      signal.removeEventListener("abort", start);
      clearTimeout(timer);
    },
  };
}

interface BoundedQueue<T> {
  push(item: T): void;
  /** There is no room for another item. */
  readonly full: boolean;
  /** Returns once there is. */
  room(): Promise<void>;
  /** Everything in waiting, as soon as there is anything; empty when there will be no more. */
  takeAll(): Promise<T[]>;
  /** No more items will come. */
  end(): void;
  /** Lets every push through and forgets the items; how many they were. */
  close(): number;
}

function boundedQueue<T>(capacity: number): BoundedQueue<T> {
  let items: T[] = [];
  let ended = false;
  let room = Promise.withResolvers<void>();
  let filled = Promise.withResolvers<void>();
  let closed = false;
  return {
    push(item) {
      if (closed) return;
      items.push(item);
      filled.resolve();
    },
    get full() {
      return items.length >= capacity;
    },
    room: () => room.promise,
    async takeAll() {
      if (items.length === 0 && !ended) await filled.promise;
      const taken = items;
      items = [];
      filled = Promise.withResolvers<void>();
      room.resolve();
      room = Promise.withResolvers<void>();
      return taken;
    },
    end() {
      ended = true;
      filled.resolve();
    },
    close() {
      const lost = items.length;
      items = [];
      closed = true;
      room.resolve();
      return lost;
    },
  };
}
