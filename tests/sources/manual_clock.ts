import type { Clock } from "#pipeline/sources/clock.ts";

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves it; waits that are over by then return. */
  advance(ms: number): void;
  /** Moves it on, a step a turn of the event loop so that sockets keep up, until the promise resolves. */
  until<T>(promise: Promise<T>, stepMs?: number): Promise<T>;
}

/** Starts at zero. */
export function manualClock(): ManualClock {
  let now = 0;
  const waits = new Set<{ readonly dueMs: number; readonly resolve: () => void }>();
  const advance = (ms: number) => {
    now += ms;
    for (const wait of [...waits]) if (wait.dueMs <= now) wait.resolve();
  };
  return {
    now: () => now,
    wait(ms, signal) {
      const { promise, resolve: end } = Promise.withResolvers<void>();
      const resolve = () => end();
      const wait = { dueMs: now + ms, resolve };
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", resolve, { once: true });
      waits.add(wait);
      return promise.finally(() => {
        waits.delete(wait);
        signal.removeEventListener("abort", resolve);
      });
    },
    advance,
    async until(promise, stepMs = 100) {
      let over = false;
      const done = promise.finally(() => over = true);
      done.catch(() => {});
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (!over) advance(stepMs);
      }
      return await done;
    },
  };
}
