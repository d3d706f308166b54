import { receive } from "#pipeline/receive.ts";
import { openReceivingHub, openStore } from "#scripts/open.ts";
import type { Job } from "./job.ts";

/** Where a run ends at the latest; the rest is left to the next one. */
export interface DrainLimits {
  readonly events: number;
  readonly ms: number;
}

/**
 * Stores what the hub holds, up to the end that it has at the start. Another receiver may do so at the same time: names
 * state the exact content, and reading takes every tick once.
 */
export const drain: Job = {
  name: "drain",
  about: "stores what the hub holds as blobs, for two minutes or 100000 events at most",
  setting: "CRON_DRAIN",
  deadlineMs: 150_000,
  backoffMs: [5_000, 20_000, 60_000],
  run: drainWithin({ events: 100_000, ms: 120_000 }),
};

/** What the job does, within these limits; batches that are under way at the limit are still stored. */
export function drainWithin(most: DrainLimits): Job["run"] {
  return async ({ config, monitor }, signal) => {
    const store = monitor.store(await openStore(config));
    await using hub = monitor.hub(await openReceivingHub(config, monitor.log));
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), most.ms);
    try {
      const limits = { events: Math.min(500, most.events), bytes: 4_194_304, ageMs: 5_000 };
      const onBatch = ({ events }: { events: number }) => {
        if (events >= most.events) enough.abort();
      };
      const ending = AbortSignal.any([signal, enough.signal]);
      const { ticks, rejects, blobs } = await receive(hub, store, { limits, once: true, onBatch }, ending);
      return { ticks, rejects, blobs, more: enough.signal.aborted };
    } finally {
      clearTimeout(timer);
    }
  };
}
