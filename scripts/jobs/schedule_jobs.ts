import { ConfigError } from "#scripts/config.ts";
import type { CronConfig } from "#scripts/cron_config.ts";
import type { Monitor } from "#scripts/monitor.ts";
import { jobs } from "./index.ts";
import type { Job } from "./job.ts";
import { runJob } from "./run_job.ts";

/** Jobs that wait for their time. */
export interface ScheduledJobs {
  /** Returns when no run is under way any more, `mostMs` after it is asked at the latest. */
  ended(mostMs: number): Promise<void>;
}

/**
 * Registers the jobs with `Deno.cron`, by their schedules, until the signal aborts; runs under way are stopped then. On
 * Deno Deploy this must be called as the main module is evaluated, before `Deno.serve`.
 */
export function scheduleJobs(
  { schedules }: Pick<CronConfig, "schedules">,
  monitor: Monitor,
  signal: AbortSignal,
): ScheduledJobs {
  const underWay = new Set<Promise<void>>();
  for (const job of jobs) {
    const schedule = schedules[job.setting];
    if (schedule === null) continue;
    Deno.cron(job.name, schedule, { backoffSchedule: [...job.backoffMs], signal }, async () => {
      const run = runScheduled(job, monitor, signal);
      underWay.add(run);
      await run.finally(() => underWay.delete(run));
    });
  }
  return {
    async ended(mostMs) {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, mostMs);
      await Promise.race([Promise.allSettled(underWay), late.promise]);
      clearTimeout(timer);
    },
  };
}

async function runScheduled(job: Job, monitor: Monitor, signal: AbortSignal): Promise<void> {
  try {
    await runJob(job, monitor, signal);
  } catch (error) {
    // What is set wrongly is wrong a minute later too.
    if (error instanceof ConfigError) return;
    // Deno prints what it catches: the reason stands in the log, with its secrets struck out.
    throw Object.assign(new Error(`job ${job.name} failed: its line in the log says why`), { stack: "" });
  }
}
