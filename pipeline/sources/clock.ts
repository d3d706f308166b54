import { setTimeout as delay } from "node:timers/promises";

/** A clock in milliseconds, and a way to wait on it. */
export interface Clock {
  now(): number;
  /** Returns after that time, or as soon as the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest that a timer can take: 2^31 - 1 ms, almost 25 days. */
export const longestWaitMs = 2_147_483_647;

/** A clock that nobody can set: what silence and waits are measured on. */
export const monotonic: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(Math.min(Math.ceil(ms), longestWaitMs), undefined, { signal }).catch(() => {}),
};

/** Returns when the clock shows `dueMs`, however early its timers come, or as soon as the signal aborts. */
export async function waitUntil(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && clock.now() < dueMs) await clock.wait(dueMs - clock.now(), signal);
}
