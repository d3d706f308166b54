import { type Clock, monotonic } from "./clock.ts";
import type { Source } from "./source.ts";

/**
 * Holds ticks back until their own time has come: at speed 1 as far apart as they were, at 60 a minute in a second,
 * at Infinity not at all.
 */
export function pace(source: Source, speed: number, clock: Clock = monotonic): Source {
  if (speed === Infinity) return source;
  return {
    name: source.name,
    async *ticks(signal) {
      let origin: { readonly clock: number; readonly tick: number } | undefined;
      for await (const tick of source.ticks(signal)) {
        const tickMs = Date.parse(tick.time);
        origin ??= { clock: clock.now(), tick: tickMs };
        const dueMs = origin.clock + (tickMs - origin.tick) / speed;
        if (dueMs > clock.now()) await clock.wait(dueMs - clock.now(), signal);
        if (signal.aborted) return;
        yield tick;
      }
    },
  };
}

/** The first ticks of a source. */
export function take(source: Source, count: number): Source {
  if (count === Infinity) return source;
  return {
    name: source.name,
    async *ticks(signal) {
      let left = count;
      if (left <= 0) return;
      for await (const tick of source.ticks(signal)) {
        yield tick;
        if (--left === 0) return;
      }
    },
  };
}
