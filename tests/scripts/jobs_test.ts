import assert from "node:assert/strict";
import { stream } from "#pipeline/stream.ts";
import { simulated } from "#pipeline/sources/simulated.ts";
import { take } from "#pipeline/sources/pace.ts";
import { type Config, ConfigError } from "#scripts/config.ts";
import { readCronConfig } from "#scripts/cron_config.ts";
import { drain, drainWithin } from "#scripts/jobs/drain.ts";
import { jobs } from "#scripts/jobs/index.ts";
import type { Job, Work } from "#scripts/jobs/job.ts";
import { poll } from "#scripts/jobs/poll.ts";
import { runJob } from "#scripts/jobs/run_job.ts";
import { monitor } from "#scripts/monitor.ts";
import { openSendingHub, openStore } from "#scripts/open.ts";
import { stackForTasks } from "#tests/tasks.ts";

const never = new AbortController().signal;

/** A monitor that serves nothing, and the lines it was told. */
function quiet() {
  const lines: Record<string, unknown>[] = [];
  return { lines, watched: monitor(null, { log: (event, fields) => lines.push({ event, ...fields }) }) };
}

function jobOf(run: Job["run"], deadlineMs = 60_000): Job {
  return { name: "try", about: "", setting: "CRON_POLL", deadlineMs, backoffMs: [], run };
}

/** What a run works with on a local stack. */
function workOn(config: Config, time = new Date()): Work {
  const cron = readCronConfig({ CRON_SOURCE: "simulated" });
  return { time, cron, config, apis: { coingecko: {}, coindesk: {} }, monitor: quiet().watched };
}

/** The ids of all stored ticks. */
async function storedIds(config: Config): Promise<string[]> {
  const store = await openStore(config);
  const ids: string[] = [];
  for await (const { name } of store.list("ticks/")) {
    const lines = new TextDecoder().decode(await store.get(name)).trimEnd().split("\n");
    ids.push(...lines.map((line) => JSON.parse(line).id));
  }
  return ids;
}

Deno.test("a poll of the simulation gives the same tick throughout a minute", async () => {
  await using stack = await stackForTasks();
  for (const time of ["12:00:01", "12:00:59", "12:01:00"]) {
    const work = workOn(stack.config, new Date(`2026-05-01T${time}Z`));
    assert.deepEqual(await poll.run(work, never), { ticks: 1 });
  }
  await drain.run(workOn(stack.config), never);
  const [first, second, third] = await storedIds(stack.config);
  assert.equal(first, second);
  assert.notEqual(second, third);
});

Deno.test("a drain ends at its limit, and the next ones go on from there", async () => {
  await using stack = await stackForTasks();
  {
    await using hub = await openSendingHub(stack.config, () => {});
    const source = take(simulated({ symbol: "BTC-USD", seed: 1, startMs: 0, stepMs: 1_000 }), 3_000);
    await stream(source, hub, { batchTicks: 500, graceMs: 0 }, never);
  }
  const work = workOn(stack.config);
  const first = await drainWithin({ events: 100, ms: 60_000 })(work, never);
  assert.equal(first.more, true);
  // What the client had fetched by then is stored as well.
  const taken = Number(first.ticks);
  assert(taken >= 100 && taken < 3_000, `${taken} ticks in the first run`);
  const second = await drainWithin({ events: 10_000, ms: 60_000 })(work, never);
  assert.deepEqual([second.ticks, second.more], [3_000 - taken, false]);
  assert.equal(new Set(await storedIds(stack.config)).size, 3_000);
});

Deno.test("runJob() gives up at the deadline, even on a run that does not listen", async () => {
  const { lines, watched } = quiet();
  let told: AbortSignal | undefined;
  const deaf = jobOf((_, signal) => {
    told = signal;
    return new Promise(() => {});
  }, 20);
  await assert.rejects(runJob(deaf, watched, never), /^Error: not done after 0\.02 s$/);
  assert.equal(told?.aborted, true);
  const { ms, ...line } = lines[0]!;
  assert.equal(typeof ms, "number");
  assert.deepEqual(line, { event: "job", job: "try", outcome: "failed", reason: "not done after 0.02 s" });
  assert.match(watched.metrics.text(), /^ticklake_job_runs_total\{job="try",outcome="failed"\} 1$/m);
});

Deno.test("runJob() logs one line of what came of a run", async () => {
  const { lines, watched } = quiet();
  await runJob(jobOf(() => Promise.resolve({ ticks: 3 })), watched, never);
  await assert.rejects(runJob(jobOf(() => Promise.reject(new Error("away"))), watched, never), /away/);
  const stop = new AbortController();
  const stopped = runJob(
    jobOf((_, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    ),
    watched,
    stop.signal,
  );
  stop.abort();
  await stopped;
  const outcomes = lines.map(({ outcome, ticks, reason }) => ({ outcome, ticks, reason }));
  assert.deepEqual(outcomes, [
    { outcome: "done", ticks: 3, reason: undefined },
    { outcome: "failed", ticks: undefined, reason: "away" },
    { outcome: "stopped", ticks: undefined, reason: undefined },
  ]);
});

Deno.test("runJob() says which setting is wrong", async () => {
  const { watched } = quiet();
  Deno.env.set("CRON_SYMBOLS", "btc");
  try {
    await assert.rejects(runJob(jobOf(() => Promise.resolve({})), watched, never), ConfigError);
  } finally {
    Deno.env.delete("CRON_SYMBOLS");
  }
});

Deno.test.each(jobs)("Deno.cron takes the pauses of job %#", async (job) => {
  assert(job.deadlineMs <= 300_000);
  const stop = new AbortController();
  const options = { backoffSchedule: [...job.backoffMs], signal: stop.signal };
  const ended = Deno.cron(`takes ${job.name}`, "0 0 1 1 *", options, () => {});
  stop.abort();
  await ended;
});
