import type { Tick } from "#pipeline/tick.ts";
import { type Clock, monotonic, waitUntil } from "./clock.ts";
import { queue } from "./queue.ts";
import type { Source, SourceLog } from "./source.ts";

/** When the second source takes over, and who is told. */
export interface StandInOptions {
  /** So long without a tick of the first one. */
  readonly patienceMs: number;
  readonly log?: SourceLog;
  readonly clock?: Clock;
}

/** So many ticks may wait to be taken. */
const capacity = 1_000;

/**
 * The first source; while it is silent, or after it has failed, the second one. The first is kept trying, and with its
 * next tick the second one is stopped. A second one that has failed, or has no more to give, is not begun again.
 *
 * @throws {Error} while reading, when both have failed, or the first has after the second had no more to give.
 */
export function standIn(first: Source, second: Source, options: StandInOptions): Source {
  const { patienceMs, log = () => {}, clock = monotonic } = options;
  return {
    name: `${first.name},${second.name}`,
    async *ticks(signal) {
      const stop = new AbortController();
      const running = AbortSignal.any([signal, stop.signal]);
      const inbox = queue<Tick>(capacity);
      stop.signal.addEventListener("abort", inbox.end);
      let heardMs = clock.now();
      let helping: AbortController | undefined;
      let failure: Error | undefined;
      let spent = false;

      const pour = async (source: Source, until: AbortSignal, onTick: () => void) => {
        for await (const tick of source.ticks(until)) {
          onTick();
          await inbox.room();
          inbox.add([tick]);
        }
      };
      const lead = () =>
        pour(first, running, () => {
          heardMs = clock.now();
          if (helping === undefined) return;
          helping.abort();
          helping = undefined;
          log("source.back", { source: first.name, instead_of: second.name });
        }).then(inbox.end, (error: Error) => {
          failure = error;
          log("source.ended", { source: first.name, cause: failure.message });
          if (spent) inbox.fail(failure);
        });
      const help = async () => {
        for (;;) {
          while (!running.aborted && clock.now() < heardMs + patienceMs) {
            await waitUntil(clock, heardMs + patienceMs, running);
          }
          if (running.aborted) return;
          const until = helping = new AbortController();
          const why = failure?.message ?? `no tick for ${patienceMs / 1_000} s`;
          log("source.fallback", { from: first.name, to: second.name, why });
          await pour(second, AbortSignal.any([running, until.signal]), () => {});
          if (until.signal.aborted || running.aborted) continue;
          if (failure !== undefined) return inbox.end();
          spent = true;
          return log("source.ended", { source: second.name, cause: "it has no more to give" });
        }
      };
      const helped = () =>
        help().catch((error: Error) => {
          log("source.ended", { source: second.name, cause: error.message });
          if (failure !== undefined) inbox.fail(error);
          spent = true;
        });
      const work = Promise.all([lead(), helped()]);
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
