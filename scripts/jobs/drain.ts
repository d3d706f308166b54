import { receive } from "#pipeline/receive.ts";
import { openReceivingHub, openStore } from "#scripts/open.ts";
import type { Job } from "./job.ts";

/** A run ends at the first of these, and leaves the rest to the next one. */
const mostEvents = 100_000;
const mostMs = 120_000;

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
  async run({ config, monitor }, signal) {
    const store = monitor.store(await openStore(config));
    await using hub = monitor.hub(await openReceivingHub(config, monitor.log));
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), mostMs);
    try {
      const limits = { events: 500, bytes: 4_194_304, ageMs: 5_000 };
      const onBatch = ({ events }: { events: number }) => {
        if (events >= mostEvents) enough.abort();
      };
      const ending = AbortSignal.any([signal, enough.signal]);
      const { ticks, rejects, blobs } = await receive(hub, store, { limits, once: true, onBatch }, ending);
      return { ticks, rejects, blobs, more: enough.signal.aborted };
    } finally {
      clearTimeout(timer);
    }
  },
};
