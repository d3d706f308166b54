import type { Hub, Log } from "./hub.ts";
import { backoffMs, pause } from "./pause.ts";

/** How it is told of, and waited out. */
export interface KeepSendingOptions {
  readonly log: Log;
  /** How the pauses between attempts are waited out. */
  readonly wait?: typeof pause;
}

/**
 * The same hub, whose sends outlast its absence: what may be asked again is asked again, after growing pauses, until the
 * hub accepts it or the signal aborts. Whoever brings the events waits meanwhile. A send that failed half-way is sent
 * whole again: reading takes each tick once.
 */
export function keepSending(hub: Hub, { log, wait = pause }: KeepSendingOptions): Hub {
  return {
    async send(events, signal) {
      for (let attempt = 0;; attempt++) {
        try {
          return await hub.send(events, signal);
        } catch (error) {
          const { retryable = false, message } = error as Error & { readonly retryable?: boolean };
          if (signal.aborted || !retryable) throw error;
          const retry_ms = Math.round(backoffMs(attempt));
          log("send.retry", { events: events.length, attempt, reason: message, retry_ms });
          await wait(retry_ms, signal);
        }
      }
    },
    receive: (handle, options, signal) => hub.receive(handle, options, signal),
    partitions: () => hub.partitions(),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}
