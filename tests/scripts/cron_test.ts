import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Store } from "#pipeline/store/store.ts";
import { temporaryFolder } from "#scripts/files.ts";
import { openStore } from "#scripts/open.ts";
import project from "#project" with { type: "json" };
import {
  csvRows,
  quietSchedules,
  runTask,
  stackForTasks,
  startTask,
  type TaskSettings,
} from "#tests/tasks.ts";

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

/** An OpenTelemetry collector on this machine: keeps the names of our spans, by their trace. */
function collector() {
  const traces = new Map<string, Set<string>>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { resourceSpans = [] } = await request.json();
    for (const { scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        if (scope.name !== "ticklake") continue;
        for (const { traceId, name } of spans) {
          traces.set(traceId, (traces.get(traceId) ?? new Set()).add(name));
        }
      }
    }
    return Response.json({});
  });
  return {
    traces,
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("cron --run does each job twice with the same stored result", async (t) => {
  await using stack = await stackForTasks();
  await using api = priceApi();
  await using collected = collector();
  const { cwd } = stack.settings;
  const audit = join(cwd, "audit.jsonl");
  const env = { ...stack.settings.env, CRON_SOURCE_URL: api.url, CRON_ANALYSES: "hourly_aggregation,zscore" };
  const settings = { cwd, env };
  const watched = { cwd, env: { ...env, ...collected.env, DENO_AUDIT_PERMISSIONS: audit } };
  const store = await openStore(stack.config);
  const start = new Date(Date.now() - 26 * 3_600_000).toISOString();
  const streamed = await runTask("stream", ["--count", "780", "--step", "2m", "--start", start], settings);
  assert.equal(streamed.code, 0, streamed.stderr);

  await t.step("poll: the same reading is sent again", async () => {
    api.says(67_123.45, new Date(Date.now() - 2 * 3_600_000));
    for (const each of [watched, settings]) assert.equal((await runJob("poll", each)).ticks, 1);
    assert.equal(api.asked, 2);
  });

  await t.step("drain: the second one finds nothing new", async () => {
    const { ticks, rejects, more } = await runJob("drain", watched);
    assert.deepEqual([ticks, rejects, more], [782, 0, false]);
    const stored = await content(store, "ticks/");
    assert.equal((await runJob("drain", settings)).ticks, 0);
    assert.deepEqual(await content(store, "ticks/"), stored);
  });

  await t.step(
    "analyze: the second one leaves the results as they are, and a reading counts once",
    async () => {
      const analyzed = await runJob("analyze", watched);
      assert.equal(analyzed.created, 4);
      const results = await content(store, "results/");
      assert.equal(Object.keys(results).length, 4);
      assert.equal((await runJob("analyze", settings)).created, 0);
      assert.deepEqual(await content(store, "results/"), results);
      const csv = Object.keys(results).find((name) => /hourly_aggregation\/.*csv$/.test(name))!;
      const hours = csvRows(new TextDecoder().decode(await store.get(csv)));
      assert.equal(hours.reduce((sum, { samples }) => sum + Number(samples), 0), analyzed.ticks);
      assert.equal(hours.filter((hour) => Object.values(hour).includes("67123.45")).length, 1);
    },
  );

  await t.step("summary: one row of the whole day, whoever asks again", async () => {
    // What is in the hub alone belongs to the day too.
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const late = ["--count", "1", "--seed", "2", "--start", `${yesterday}T23:58:00Z`];
    assert.equal((await runTask("stream", late, settings)).code, 0);
    assert.equal((await runJob("summary", watched)).created, 2);
    const days = await content(store, "results/daily_summary/");
    assert.equal((await runJob("summary", settings)).created, 0);
    assert.deepEqual(await content(store, "results/daily_summary/"), days);
    const json = Object.keys(days).find((name) => name.endsWith(".json"))!;
    const { from, to, rows } = JSON.parse(new TextDecoder().decode(await store.get(json)));
    assert.deepEqual([from, to], [`${yesterday}T00:00:00.000Z`, `${yesterday}T23:59:00.000Z`]);
    assert.deepEqual(rows.map(({ time }: { time: string }) => time), [from]);
  });

  await t.step("a collector has a trace of each job, with what it did", () => {
    const spans = [...collected.traces.values()].map((names) => [...names].sort().join(", ")).sort();
    assert.deepEqual(spans, [
      "analysis, flush, job summary, put",
      "analysis, job analyze, put",
      "flush, job drain, put",
      "job poll, send",
    ]);
  });

  await t.step("the permission audit stays within the set of the task", async () => {
    const asked = (await Deno.readTextFile(audit)).trimEnd().split("\n").map((line) => JSON.parse(line));
    const set = project.permissions.cron;
    const read = new Set(asked.filter(({ permission }) => permission === "read").map(({ value }) => value));
    for (const { permission, value } of asked) {
      // Deno's audit says "write" of every file that is opened, to read too.
      if (permission === "write") assert(read.has(value), `write ${value}`);
      else assert(permission in set, `${permission} ${value}`);
      if (permission === "net") assert.match(value, /^(http:\/\/)?127\.0\.0\.1:/);
      // Others that packages look for are as if they were not set.
      if (permission === "env" && /^(CRON|HTTP_HOSTS|EVENT_HUB|STORAGE|COIN|CONSUMER)/.test(value)) {
        assert(set.env.allow.includes(value), value);
      }
    }
    assert(asked.length > 100);
  });
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

Deno.test("cron --run drain shares the hub with a receiver: nothing is lost, and what is there twice is the same", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  const receiver = startTask("receive", ["--batch-age", "200ms", "--batch-events", "7"], settings);
  const rounds = [1, 2, 3].map(async (seed) => {
    await runTask("stream", ["--count", "300", "--seed", String(seed)], settings);
    await runJob("drain", settings);
  });
  await Promise.all(rounds);
  receiver.kill("SIGINT");
  assert.equal((await receiver.ended).code, 0);
  const store = await openStore(stack.config);
  const lines = new Map<string, string>();
  for await (const { name } of store.list("ticks/")) {
    for (const line of new TextDecoder().decode(await store.get(name)).trimEnd().split("\n")) {
      const { partition, sequence_number } = JSON.parse(line);
      const place = `${partition}/${sequence_number}`;
      assert.equal(lines.get(place) ?? line, line);
      lines.set(place, line);
    }
  }
  assert.equal(new Set([...lines.values()].map((line) => JSON.parse(line).id)).size, 900);
  assert.equal(lines.size, 900);
});

Deno.test("cron waits for its time, says that it is ready, and ends soon after SIGINT", async () => {
  await using stack = await stackForTasks();
  const { cwd, env } = stack.settings;
  const task = startTask("cron", ["--health-port", "0"], { cwd, env: { ...env, ...quietSchedules } });
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
