import { readCronConfig } from "#scripts/cron_config.ts";
import type { Monitor } from "#scripts/monitor.ts";
import { processConfig, processPriceApis, processSettings } from "#scripts/open.ts";
import { traced } from "#scripts/traced.ts";
import type { Job } from "./job.ts";

/**
 * Runs a job once, within its deadline, and logs one line of what came of it.
 *
 * @param signal Stops the run; that is no failure.
 * @throws {Error} when the run fails: to be tried again.
 */
export async function runJob(job: Job, monitor: Monitor, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const end = (outcome: "done" | "stopped" | "failed", fields: Record<string, unknown>) => {
    const seconds = (performance.now() - start) / 1_000;
    monitor.metrics.count("ticklake_job_runs_total", 1, { job: job.name, outcome });
    monitor.metrics.observe("ticklake_job_seconds", seconds, { job: job.name });
    monitor.works(`job ${job.name}`, outcome !== "failed");
    monitor.log("job", { job: job.name, outcome, ms: Math.round(seconds * 1_000), ...fields });
  };
  const work = async (signal: AbortSignal) => {
    const given = {
      time: new Date(),
      cron: readCronConfig(processSettings()),
      config: processConfig(),
      apis: processPriceApis(),
      monitor,
    };
    return await traced(`job ${job.name}`, {}, () => job.run(given, signal));
  };
  try {
    const fields = await within(job.deadlineMs, signal, work);
    end(signal.aborted ? "stopped" : "done", fields);
  } catch (error) {
    if (signal.aborted) return end("stopped", {});
    end("failed", { reason: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

/** Does the work with a signal that aborts at the deadline or with the other one, and waits no longer than that. */
async function within<T>(
  deadlineMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`not done after ${deadlineMs / 1_000} s`);
    late.abort(error);
    over.reject(error);
  }, deadlineMs);
  try {
    return await Promise.race([work(AbortSignal.any([signal, late.signal])), over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
