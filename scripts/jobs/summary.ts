import type { Job } from "./job.ts";
import { writeResults } from "./write_results.ts";

const dayMs = 86_400_000;
const lastMinuteMs = 60_000;

/**
 * One row a symbol of the UTC day up to 23:59: of today from then on, of yesterday before. So a run that is late, or
 * tried again after midnight, still tells of the same day.
 */
export const summary: Job = {
  name: "summary",
  about: "stores open, high, low, close and volume of the UTC day up to 23:59",
  setting: "CRON_SUMMARY",
  deadlineMs: 300_000,
  backoffMs: [10_000, 60_000, 300_000],
  run(work, signal) {
    const midnightMs = Math.floor((work.time.getTime() + lastMinuteMs) / dayMs) * dayMs;
    const span = { from: new Date(midnightMs - dayMs), to: new Date(midnightMs - lastMinuteMs) };
    return writeResults(work, ["daily_summary"], span, signal);
  },
};
