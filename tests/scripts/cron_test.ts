import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Store } from "#pipeline/store/store.ts";
import { temporaryFolder } from "#scripts/files.ts";
import { openStore } from "#scripts/open.ts";
import { runTask, stackForTasks, startTask, type TaskSettings } from "#tests/tasks.ts";

/** A price API as CoinGecko's, on this machine: the same reading until it is told another one. */
function priceApi() {
  let reply = new Response();
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked++;
    return reply.clone();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get asked() {
      return asked;
    },
    says(price: number, time: Date) {
      const last_updated_at = Math.floor(time.getTime() / 1_000);
      reply = Response.json({ bitcoin: { usd: price, last_updated_at } });
    },
    refuses(status: number, headers: Record<string, string> = {}) {
      reply = new Response("no", { status, headers });
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Runs a job, and returns its line in the log. */
async function runJob(name: string, settings: TaskSettings, code = 0): Promise<Record<string, unknown>> {
  const ended = await runTask("cron", ["--run", name], settings);
  assert.equal(ended.code, code, ended.stderr);
  const lines = ended.stderr.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  const outcomes = lines.filter(({ event }) => event === "job");
  assert.equal(outcomes.length, 1, ended.stderr);
  assert.equal(outcomes[0].job, name);
  return outcomes[0];
}

/** Everything below a prefix: its names, and hashes of its bytes. */
async function content(store: Store, prefix: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of store.list(prefix)) {
    found[name] = createHash("sha256").update(await store.get(name)).digest("hex");
  }
  return found;
}

Deno.test("cron --run does each job twice with the same stored result", async () => {
  await using stack = await stackForTasks();
  await using api = priceApi();
  api.says(67_123.45, new Date(Date.now() - 2 * 3_600_000));
  const settings = { ...stack.settings, env: { ...stack.settings.env, CRON_SOURCE_URL: api.url } };
  const store = await openStore(stack.config);

  for (const _ of [1, 2]) assert.equal((await runJob("poll", settings)).ticks, 1);
  assert.equal(api.asked, 2);
  const start = new Date(Date.now() - 26 * 3_600_000).toISOString();
  const streamed = await runTask("stream", ["--count", "780", "--step", "2m", "--start", start], settings);
  assert.equal(streamed.code, 0, streamed.stderr);

  const drained = await runJob("drain", settings);
  assert.deepEqual([drained.ticks, drained.rejects, drained.more], [782, 0, false]);
  const ticks = await content(store, "ticks/");
  assert.equal((await runJob("drain", settings)).ticks, 0);
  assert.deepEqual(await content(store, "ticks/"), ticks);

  const analyzed = await runJob("analyze", settings);
  assert.equal(analyzed.created, 8);
  const results = await content(store, "results/");
  assert.equal(Object.keys(results).length, 8);
  assert.equal((await runJob("analyze", settings)).created, 0);
  assert.deepEqual(await content(store, "results/"), results);
  // The price that was asked for twice is one tick.
  const csv = Object.keys(results).find((name) => /hourly_aggregation\/.*csv$/.test(name))!;
  const hours = new TextDecoder().decode(await store.get(csv)).trimEnd().split("\n").slice(1);
  const samples = hours.map((hour) => Number(hour.split(",")[2]));
  assert.equal(samples.reduce((sum, count) => sum + count, 0), analyzed.ticks);
  assert.equal(hours.filter((hour) => hour.includes("67123.45")).length, 1);

  const summed = await runJob("summary", settings);
  assert.equal(summed.created, 2);
  const days = await content(store, "results/daily_summary/");
  assert.equal((await runJob("summary", settings)).created, 0);
  assert.deepEqual(await content(store, "results/daily_summary/"), days);
  const json = Object.keys(days).find((name) => name.endsWith(".json"))!;
  const { from, to, rows } = JSON.parse(new TextDecoder().decode(await store.get(json)));
  assert.deepEqual([from.slice(10), to.slice(10)], ["T00:00:00.000Z", "T23:59:00.000Z"]);
  assert.equal(rows.length, 1);
  assert.equal(rows[0].time, from);
});

Deno.test("cron --run poll fails with the reason when the price API refuses, and asks just once", async () => {
  await using stack = await stackForTasks();
  await using api = priceApi();
  api.refuses(429, { "retry-after": "60" });
  const settings = { ...stack.settings, env: { ...stack.settings.env, CRON_SOURCE_URL: api.url } };
  const { outcome, reason } = await runJob("poll", settings, 1);
  assert.equal(outcome, "failed");
  assert.match(String(reason), /^0 ticks sent; 127\.0\.0\.1:\d+\/api\/v3\/simple\/price: status 429/);
  assert.equal(api.asked, 1);
});

Deno.test("cron --run drain shares the hub with a receiver: nothing is lost, nothing is there twice", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  const receiver = startTask("receive", ["--batch-age", "200ms", "--batch-events", "7"], settings);
  const rounds = [1, 2, 3].map((seed) =>
    runTask("stream", ["--count", "300", "--seed", String(seed)], settings).then(() =>
      runJob("drain", settings)
    )
  );
  await Promise.all(rounds);
  receiver.kill("SIGINT");
  await receiver.ended;
  const merged = await runTask("merge", [], settings);
  const ids = merged.stdout.trimEnd().split("\n").slice(1).map((line) => line.split(",")[6]);
  assert.equal(ids.length, 900);
  assert.equal(new Set(ids).size, 900);
});

Deno.test("cron waits for its time, says that it is ready, and ends soon after SIGINT", async () => {
  await using stack = await stackForTasks();
  const task = startTask("cron", ["--health-port", "0"], stack.settings);
  const [, url] = /"url":"([^"]+)"/.exec(await task.logged(/"event":"cron".*\n/))!;
  const ready = await fetch(`${url}/readyz`);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: "ready" }]);
  const started = performance.now();
  task.kill("SIGINT");
  const { code, stderr } = await task.ended;
  assert.equal(code, 0, stderr);
  assert(performance.now() - started < 5_000);
});

Deno.test("cron --list shows every job with its schedule and its next run", async () => {
  await using stack = await stackForTasks();
  const env = { ...stack.settings.env, CRON_POLL: "off", CRON_SUMMARY: "0 0 1 1 *" };
  const { code, stdout } = await runTask("cron", ["--list"], { ...stack.settings, env });
  assert.equal(code, 0);
  assert.match(stdout, /^poll +off +never /m);
  assert.match(stdout, /^drain +\*\/5 \* \* \* \* +\d{4}-\d\d-\d\dT\d\d:\d[05]Z /m);
  assert.match(stdout, /^summary +0 0 1 1 \* +\d{4}-01-01T00:00Z /m);
});

Deno.test.each<[string[], Record<string, string>, number, RegExp]>([
  [["--run", "sweep"], {}, 2, /^cron: --run is "sweep", expected poll, drain, analyze, summary$/m],
  [["--health-port", "99999"], {}, 2, /--health-port is "99999", expected a port, 0 to 65535/],
  [[], { CRON_DRAIN: "hourly" }, 2, /CRON_DRAIN is "hourly", expected minute, hour, day/],
  [
    ["--run", "analyze"],
    { CRON_ANALYSES: "moving_avrage" },
    1,
    /CRON_ANALYSES has "moving_avrage", expected/,
  ],
])("cron %j with %j ends with %d", async (args, env, code, message) => {
  await using folder = await temporaryFolder();
  const ended = await runTask("cron", args, { cwd: folder.path, env });
  assert.equal(ended.code, code, ended.stderr);
  assert.match(ended.stderr, message);
});
