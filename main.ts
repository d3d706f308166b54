/**
 * The whole of Ticklake on Deno Deploy: the jobs by schedule, and their results over HTTP, to read only. Settings come
 * from the environment; nothing is written but blobs.
 */
import { setTimeout as delay } from "node:timers/promises";
import { readCronConfig, readHttpHosts } from "#scripts/cron_config.ts";
import { loopbackHosts, readOnly, textReply } from "#scripts/http.ts";
import { scheduleJobs } from "#scripts/jobs/schedule_jobs.ts";
import { terminalLogger } from "#scripts/log.ts";
import { monitor } from "#scripts/monitor.ts";
import { openStore, processConfig, processSettings } from "#scripts/open.ts";
import { resultsHandler } from "#scripts/serve_results.ts";

/** Deno Deploy gives 5 s from SIGINT to the end; the engine may keep us from looking for one of them. */
const endMs = 3_000;

const { log } = terminalLogger();
const stop = new AbortController();
const settings = processSettings();
const cron = readCronConfig(settings);
// Deno Deploy finds the jobs by what has registered itself before Deno.serve.
const scheduled = scheduleJobs(cron, monitor(null, { log }), stop.signal);

const hosts = [...loopbackHosts, ...readHttpHosts(settings)];
const results = resultsHandler([...cron.analyses, "daily_summary"], () => openStore(processConfig()));
const server = Deno.serve({
  // Elsewhere than on Deno Deploy only this machine is served; DENO_SERVE_ADDRESS says otherwise.
  hostname: Deno.env.get("DENO_DEPLOY") ? "0.0.0.0" : "127.0.0.1",
  onListen: (address) => log("http", { ...address }),
  onError(error) {
    log("http.failed", { reason: error instanceof Error ? error.message : String(error) });
    return textReply("not to be had at present", 503, { "retry-after": "60" });
  },
}, readOnly(hosts, results));

Deno.addSignalListener("SIGINT", async () => {
  stop.abort();
  await Promise.race([Promise.all([server.shutdown(), scheduled.ended(endMs)]), delay(endMs)]);
  Deno.exit(0);
});
