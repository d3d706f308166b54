import { monotonic } from "#pipeline/sources/clock.ts";
import { openSource } from "#pipeline/sources/index.ts";
import type { Source, SourceLog } from "#pipeline/sources/source.ts";
import { stream } from "#pipeline/stream.ts";
import { openSendingHub } from "#scripts/open.ts";
import type { Job, Work } from "./job.ts";

/** Asks for the price once. A reading has its own id, so that one which is asked for again counts once. */
export const poll: Job = {
  name: "poll",
  about: "asks for the price once and sends it to the hub",
  setting: "CRON_POLL",
  deadlineMs: 60_000,
  // A price API that refuses is left alone for a minute.
  backoffMs: [60_000, 120_000],
  async run(work, signal) {
    const problems: string[] = [];
    const log: SourceLog = (event, fields) => {
      work.monitor.log(event, fields);
      if (event === "source.failed") problems.push(`${fields.cause}: ${fields.advice}`);
      if (event === "source.refused") problems.push(String(fields.reason));
    };
    const source = askOnce(work, log);
    await using hub = work.monitor.hub(await openSendingHub(work.config, work.monitor.log));
    const { sent, unsent } = await stream(source, hub, { batchTicks: 500, graceMs: 2_000 }, signal);
    if (unsent > 0) problems.push(`${unsent} ticks were not accepted by the hub in time`);
    if (problems.length > 0) throw new Error(`${sent} ticks sent; ${problems.join("; ")}`);
    return { ticks: sent };
  },
};

/** The source, which ends where it would wait for its next request. */
function askOnce({ time, cron, apis }: Work, log: SourceLog): Source {
  const asked = new AbortController();
  const source = openSource(cron.source, {
    symbols: cron.symbols,
    count: cron.source === "simulated" ? 1 : Infinity,
    speed: Infinity,
    seed: 1,
    // The same tick in every run of a minute.
    startMs: Math.floor(time.getTime() / 60_000) * 60_000,
    stepMs: 60_000,
    file: null,
    log,
    live: {
      ...apis,
      urls: cron.sourceUrl === undefined ? {} : { [cron.source]: cron.sourceUrl },
      clock: {
        now: monotonic.now,
        wait: () => Promise.resolve(asked.abort()),
      },
    },
  });
  return {
    name: source.name,
    ticks: (signal) => source.ticks(AbortSignal.any([signal, asked.signal])),
  };
}
