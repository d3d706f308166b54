import { type Given, print, runCommand, UsageError } from "./command.ts";
import { type CronConfig, readCronConfig } from "./cron_config.ts";
import { text, toggle } from "./flags.ts";
import { jobs } from "./jobs/index.ts";
import { runJob } from "./jobs/run_job.ts";
import { scheduleJobs } from "./jobs/schedule_jobs.ts";
import { healthPort, monitor } from "./monitor.ts";
import { processSettings } from "./open.ts";
import { nextRun } from "./schedule.ts";

/** How long runs under way may take to end after Ctrl-C: 5 s is for all, as on Deno Deploy. */
const endMs = 3_000;

const cronFlags = {
  run: text("run this job once, now", "NAME", null),
  list: toggle("show the jobs, their schedules and when they run next"),
  "health-port": healthPort,
};

await runCommand({
  name: "cron",
  about: "Runs the jobs by schedule until Ctrl-C: poll a price, drain the hub, analyze, sum up the day.",
  operands: null,
  flags: cronFlags,
  examples: ["deno task cron", "deno task cron --list", "deno task cron --run drain"],
  run,
});

async function run({ flags, signal, logger }: Given<typeof cronFlags>): Promise<number> {
  const config = readCronConfig(processSettings());
  if (flags.list) {
    print(listText(config, new Date()));
    return 0;
  }
  await using watched = monitor(flags["health-port"], logger);
  if (flags.run !== null) {
    const job = jobs.find(({ name }) => name === flags.run);
    if (job === undefined) {
      throw new UsageError(`--run is "${flags.run}", expected ${jobs.map(({ name }) => name).join(", ")}`);
    }
    await runJob(job, watched, signal);
    return 0;
  }
  watched.works("schedule", true);
  const scheduled = scheduleJobs(config, watched, signal);
  watched.log("cron", { schedules: config.schedules });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await scheduled.ended(endMs);
  return 0;
}

function listText({ schedules }: CronConfig, now: Date): string {
  const rows = jobs.map(({ name, about, setting }) => {
    const schedule = schedules[setting];
    const next = schedule === null ? "never" : nextRun(schedule, now)!.toISOString().replace(":00.000Z", "Z");
    return [name, schedule ?? "off", next, about];
  });
  rows.unshift(["JOB", "SCHEDULE", "NEXT RUN", "WHAT IT DOES"]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join(
    "\n",
  );
}
