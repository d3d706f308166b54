import type { Tick } from "#pipeline/tick.ts";
import { queue } from "./queue.ts";
import type { Source, SourceLog } from "./source.ts";

/** So many ticks of all sources may wait; a source whose ticks find no room waits with them. */
const capacity = 1_000;

/**
 * Several sources as one: their ticks as they come. Should one fail, the others go on.
 *
 * @throws {Error} while reading, when every one has ended and one of them by failing.
 */
export function merge(sources: readonly Source[], log: SourceLog = () => {}): Source {
  return {
    name: sources.map(({ name }) => name).join(","),
    async *ticks(signal) {
      const stop = new AbortController();
      const running = AbortSignal.any([signal, stop.signal]);
      const inbox = queue<Tick>(capacity);
      stop.signal.addEventListener("abort", inbox.end);
      const work = Promise.allSettled(sources.map(async (source) => {
        try {
          for await (const tick of source.ticks(running)) {
            await inbox.room();
            inbox.add([tick]);
          }
        } catch (error) {
          log("source.ended", { source: source.name, cause: (error as Error).message });
          throw error;
        }
      })).then((outcomes) => {
        const failure = outcomes.find((outcome) => outcome.status === "rejected");
        if (failure === undefined) inbox.end();
        else inbox.fail(failure.reason);
      });
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
