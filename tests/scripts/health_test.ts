import assert from "node:assert/strict";
import { memoryHub } from "#pipeline/hub/memory.ts";
import { receive } from "#pipeline/receive.ts";
import { simulated } from "#pipeline/sources/simulated.ts";
import type { Store } from "#pipeline/store/store.ts";
import { stream } from "#pipeline/stream.ts";
import type { Tick } from "#pipeline/tick.ts";
import { take } from "#pipeline/sources/pace.ts";
import { openReceivingHub, openSendingHub, openStore } from "#scripts/open.ts";
import { metrics } from "#scripts/metrics.ts";
import { type Monitor, monitor } from "#scripts/monitor.ts";
import { type RunningTask, stackForTasks, startTask } from "#tests/tasks.ts";
import { parsePrometheus } from "./prometheus.ts";

const anyPort = { hostname: "127.0.0.1", port: 0 };
const limits = { events: 50, bytes: 1_000_000, ageMs: 10_000 };

/** A monitor that serves, and where. */
function served(): Monitor & { readonly url: string; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const watched = monitor(anyPort, { log: (event, fields) => lines.push({ event, ...fields }) });
  return { ...watched, lines, url: String(lines[0]!.url) };
}

/** What `/metrics` says, as a Prometheus parser reads it: samples without labels, or with those given. */
async function scrape(url: string) {
  const reply = await fetch(`${url}/metrics`);
  assert.equal(reply.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const families = new Map(parsePrometheus(await reply.text()).map((family) => [family.name, family]));
  return {
    families,
    value: (name: string, labels?: Record<string, string>) => {
      const { metrics = [] } = families.get(name) ?? {};
      const sample = metrics.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels));
      return sample?.value === undefined ? undefined : Number(sample.value);
    },
    count: (name: string) => Number(families.get(name)?.metrics[0]?.count),
  };
}

function ticks(count: number, seed: number) {
  return take(simulated({ symbol: "BTC-USD", seed, startMs: 0, stepMs: 1_000 }), count);
}

Deno.test("/metrics counts what the ledger counts, from the hub's acceptance to the stored lines", async () => {
  await using stack = await stackForTasks();
  const signal = new AbortController().signal;
  const watched = served();
  await using _served = watched;
  const store = watched.store(await openStore(stack.config));
  await using sending = watched.hub(await openSendingHub(stack.config, watched.log));
  const sent: Tick[] = [];
  const onSent = (batch: readonly Tick[]) => sent.push(...batch);
  for (const seed of [1, 2]) {
    await stream(ticks(310, seed), sending, { batchTicks: 100, graceMs: 0, onSent }, signal);
  }
  await sending.send([{ partitionKey: "x", body: new TextEncoder().encode("no tick") }], signal);
  await using receiving = watched.hub(await openReceivingHub(stack.config, watched.log));
  const totals = await receive(receiving, store, { limits, once: true }, signal);
  await receive(receiving, store, { limits, once: true }, signal);

  const { value, count, families } = await scrape(watched.url);
  assert.equal(sent.length, 620);
  assert.equal(value("ticklake_ticks_sent_total"), sent.length + 1);
  assert.equal(value("ticklake_events_received_total"), sent.length + 1);
  assert.equal(value("ticklake_ticks_stored_total"), sent.length);
  assert.equal(value("ticklake_rejects_stored_total"), 1);
  let blobs = 0;
  let bytes = 0;
  let lines = 0;
  for await (const { name, sizeBytes } of store.list("")) {
    blobs++;
    bytes += sizeBytes;
    lines += new TextDecoder().decode(await store.get(name)).trimEnd().split("\n").length;
  }
  assert.deepEqual(
    [value("ticklake_blobs_total"), value("ticklake_blob_bytes_total"), lines],
    [blobs, bytes, sent.length + 1],
  );
  assert.equal(totals.blobs, blobs);
  assert.equal(count("ticklake_put_seconds"), blobs);
  assert.equal(count("ticklake_send_seconds"), value("ticklake_sent_batches_total"));
  assert.equal(count("ticklake_flush_seconds"), value("ticklake_received_batches_total"));
  const lag = families.get("ticklake_lag_seconds")!.metrics;
  assert(lag.length > 0 && lag.every(({ value }) => Number(value) >= 0 && Number(value) < 60));
});

Deno.test("/metrics tells how many events a receiver is behind", async () => {
  const hub = memoryHub({ partitions: 1 });
  const stop = new AbortController();
  const watched = served();
  await using _served = watched;
  const ten = Array.from({ length: 10 }, () => ({ partitionKey: "a", body: new Uint8Array(1) }));
  await hub.send(ten, stop.signal);
  const stored = Promise.withResolvers<void>();
  const handled = Promise.withResolvers<void>();
  const receiving = watched.hub(hub).receive(
    ({ last }) => {
      if (last < 4) return Promise.resolve();
      handled.resolve();
      return stored.promise;
    },
    { limits: { events: 2, bytes: 1_000, ageMs: 60_000 }, once: true },
    stop.signal,
  );
  await handled.promise;
  // A checkpoint follows its batch within a tenth of a second.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await scrape(watched.url);
  assert.equal((await scrape(watched.url)).value("ticklake_lag_events", { partition: "0" }), 6);
  stored.resolve();
  await receiving;
});

Deno.test("/readyz follows what the command needs; /healthz only the process", async () => {
  const watched = served();
  await using _served = watched;
  const status = async (path: string) => {
    const reply = await fetch(`${watched.url}${path}`);
    return [reply.status, (await reply.json()).trouble];
  };
  assert.deepEqual(await status("/readyz"), [503, ["starting"]]);
  let away = true;
  const real: Store = {
    put: () => away ? Promise.reject(new Error("away")) : Promise.resolve("created"),
    async *list() {},
    get: () => Promise.resolve(new Uint8Array()),
  };
  const store = watched.store(real);
  assert.deepEqual(await status("/readyz"), [200, undefined]);
  await assert.rejects(store.put("ticks/a", new Uint8Array(), {}), /away/);
  assert.deepEqual(await status("/readyz"), [503, ["store"]]);
  assert.deepEqual(await status("/healthz"), [200, undefined]);
  away = false;
  await store.put("ticks/a", new Uint8Array(), {});
  assert.deepEqual(await status("/readyz"), [200, undefined]);
});

Deno.test("monitor() counts what only the log tells of", async () => {
  const watched = served();
  await using _served = watched;
  for (
    const event of ["source.lost", "source.failed", "source.gap", "source.refused", "receive.retry", "other"]
  ) {
    watched.log(event, {});
  }
  const { value } = await scrape(watched.url);
  assert.equal(value("ticklake_reconnects_total"), 2);
  for (const name of ["ticklake_gaps_total", "ticklake_refused_kinds_total", "ticklake_retries_total"]) {
    assert.equal(value(name), 1);
  }
  assert.equal(watched.lines.at(-1)!.event, "other");
});

Deno.test("the health server answers questions of this machine only", async () => {
  const watched = served();
  await using _served = watched;
  const posted = await fetch(`${watched.url}/metrics`, { method: "POST" });
  assert.equal(posted.status, 405);
  await posted.body?.cancel();
  const { port } = new URL(watched.url);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  const request = "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  assert.match(await new Response(connection.readable).text(), /^HTTP\/1.1 403 /);
});

Deno.test("monitor() names the flag when the port is taken", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assert.throws(
    () => monitor({ hostname: "127.0.0.1", port }, { log() {} }),
    new RegExp(`port ${port} on 127.0.0.1 is in use: choose another one with --health-port`),
  );
});

Deno.test("metrics() writes histograms that add up, and labels that can't break out", () => {
  const counts = metrics();
  for (const seconds of [0.001, 0.3, 99]) counts.observe("ticklake_put_seconds", seconds);
  counts.count("ticklake_job_runs_total", 2, { job: 'a"\n\\b', outcome: "done" });
  const families = new Map(parsePrometheus(counts.text()).map((family) => [family.name, family]));
  const [put] = families.get("ticklake_put_seconds")!.metrics;
  assert.deepEqual([put!.count, put!.sum], ["3", "99.301"]);
  assert.deepEqual(
    [put!.buckets!["0.005"], put!.buckets!["0.25"], put!.buckets!["0.5"], put!.buckets!["+Inf"]],
    ["1", "1", "2", "3"],
  );
  assert.match(counts.text(), /^ticklake_job_runs_total\{job="a\\"\\n\\\\b",outcome="done"\} 2$/m);
  const text = counts.text();
  assert.equal(text.match(/^# TYPE /gm)!.length, text.match(/^# HELP /gm)!.length);
  assert(text.endsWith("\n"));
});

/** The address that a task has logged for its health. */
async function healthUrl(task: RunningTask): Promise<string> {
  return /"event":"health","url":"([^"]+)"/.exec(await task.logged(/"event":"health".*\n/))![1]!;
}

Deno.test("stream and receive tell with --health-port what they have done so far", async () => {
  await using stack = await stackForTasks();
  const streaming = startTask("stream", ["--speed", "1000x", "--health-port", "0"], stack.settings);
  const args = ["--batch-events", "20", "--batch-age", "100ms", "--health-port", "0"];
  const receiving = startTask("receive", args, stack.settings);
  const [sent, stored] = [await healthUrl(streaming), await healthUrl(receiving)];
  const reach = async (url: string, name: string, least: number) => {
    for (let value = 0; !(value >= least);) value = (await scrape(url)).value(name) ?? 0;
  };
  await reach(sent, "ticklake_ticks_sent_total", 100);
  streaming.kill("SIGINT");
  const total = Number(/^(\d+) ticks sent$/m.exec((await streaming.ended).stdout)![1]);
  await reach(stored, "ticklake_ticks_stored_total", total);
  const { value } = await scrape(stored);
  assert.equal(value("ticklake_ticks_stored_total"), total);
  assert.equal((await (await fetch(`${stored}/readyz`)).json()).status, "ready");
  receiving.kill("SIGINT");
  assert.match((await receiving.ended).stdout, new RegExp(`^${total} ticks and 0 rejects stored in `));
});
