import type { Job } from "./job.ts";
import { writeResults } from "./write_results.ts";

const hourMs = 3_600_000;

/** The last 24 whole hours: what their results are made of is stored by then, so that a run anew gives the same. */
export const analyze: Job = {
  name: "analyze",
  about: "runs analyses over the last 24 whole hours and stores the results",
  setting: "CRON_ANALYZE",
  deadlineMs: 300_000,
  backoffMs: [10_000, 60_000],
  run(work, signal) {
    const to = new Date(Math.floor(work.time.getTime() / hourMs) * hourMs);
    const from = new Date(to.getTime() - 24 * hourMs);
    return writeResults(work, work.cron.analyses, { from, to }, signal);
  },
};
