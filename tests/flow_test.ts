import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { temporaryFolder } from "#scripts/files.ts";
import { csvRows, runTask, stackForTasks, startTask } from "./tasks.ts";

const shared = new URL("../../shared/data/", import.meta.url);
const haveShared = await Deno.stat(shared).then(() => true, () => false);

async function readText(...path: string[]): Promise<string> {
  return await Deno.readTextFile(join(...path));
}

Deno.test("demo takes every tick from the source to the report", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "o ut");
  // A demo before has left its own ticks there.
  await Deno.mkdir(join(out, "blobs"), { recursive: true });
  await Deno.writeTextFile(join(out, "ledger.json"), "{}");
  const before = `{"currency":"BTC","price_usd":96503.0,"timestamp":1746246720.5}`;
  await Deno.writeTextFile(join(out, "blobs", "before.ndjson"), before);
  const { code, stdout, stderr } = await runTask("demo", ["--events", "700", "--out", "o ut"], {
    cwd: folder.path,
  });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^700 ticks sent, 700 stored, 0 lost, 0 duplicates/);
  const { sent, stored, lost, duplicates } = JSON.parse(await readText(out, "ledger.json"));
  assert.deepEqual({ sent, stored, lost, duplicates }, { sent: 700, stored: 700, lost: 0, duplicates: 0 });
  for (const name of ["hourly_aggregation", "moving_average", "rate_of_change", "volatility", "zscore"]) {
    assert.match(await readText(out, "csv", `${name}.csv`), /^symbol,time,/);
    assert.match(await readText(out, "charts", `${name}.svg`), /^<svg /);
    const png = await Deno.readFile(join(out, "charts", `${name}.png`));
    assert.deepEqual([...png.slice(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  }
  assert.match(await readText(out, "report.html"), /^\s*<!doctype html>/i);
  // Nothing is left under a temporary name, and the blobs are there to go on with.
  const files = await Array.fromAsync(Deno.readDir(out), ({ name }) => name);
  assert.deepEqual(files.sort(), ["blobs", "charts", "csv", "ledger.json", "report.html"]);
  const again = await runTask("merge", ["--in", join(out, "blobs")], { cwd: folder.path });
  assert.equal(csvRows(again.stdout).length, 700);
});

Deno.test("demo gives the same CSVs for the same seed", async () => {
  await using folder = await temporaryFolder();
  const runs = ["a", "b"].map((out) =>
    runTask("demo", ["--events", "60", "--seed", "7", "--out", out], { cwd: folder.path })
  );
  for (const { code, stderr } of await Promise.all(runs)) assert.equal(code, 0, stderr);
  for await (const { name } of Deno.readDir(join(folder.path, "a", "csv"))) {
    // How long a tick was under way is the one thing that differs between two runs.
    if (name === "latency.csv") continue;
    assert.equal(
      await readText(folder.path, "a", "csv", name),
      await readText(folder.path, "b", "csv", name),
      name,
    );
  }
});

Deno.test("stream, receive and analyze work as three processes on the local stack", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  const streamed = await runTask("stream", ["--source", "simulated", "--count", "500"], settings);
  assert.deepEqual([streamed.code, streamed.stdout], [0, "500 ticks sent\n"], streamed.stderr);
  const received = await runTask("receive", ["--once"], settings);
  assert.deepEqual(
    [received.code, received.stdout],
    [0, "500 ticks and 0 rejects stored in 10 blobs\n"],
    received.stderr,
  );
  const analyzed = await runTask("analyze", ["moving_average", "zscore", "--json"], settings);
  assert.equal(analyzed.code, 0, analyzed.stderr);
  const { summary, analyses, report } = JSON.parse(analyzed.stdout);
  assert.equal(summary.ticks, 500);
  assert.deepEqual(analyses.map(({ name }: { name: string }) => name), ["moving_average", "zscore"]);
  await Deno.stat(join(settings.cwd, report));
  const merged = await runTask("merge", [], settings);
  const rows = csvRows(merged.stdout);
  assert.equal(new Set(rows.map(({ id }) => id)).size, 500);
  assert.deepEqual(rows.map(({ time }) => time), rows.map(({ time }) => time).sort());
  const nothingNew = await runTask("receive", ["--once"], settings);
  assert.equal(nothingNew.stdout, "0 ticks and 0 rejects stored in 0 blobs\n");
});

Deno.test("local serves what the other tasks need, says how to reach it, and ends on SIGTERM", async () => {
  await using folder = await temporaryFolder();
  const local = startTask("local", ["--hub-port", "0", "--blob-port", "0", "--status-port", "0"], {
    cwd: folder.path,
  });
  const printed = parseEnv(await local.printed(/Ctrl-C stops both/)) as Record<string, string>;
  const { EVENT_HUB_CONNECTION_STRING, EVENT_HUB_NAME, STORAGE_CONNECTION_STRING } = printed;
  const settings = {
    cwd: folder.path,
    env: {
      EVENT_HUB_CONNECTION_STRING: EVENT_HUB_CONNECTION_STRING!,
      EVENT_HUB_NAME: EVENT_HUB_NAME!,
      STORAGE_CONNECTION_STRING: STORAGE_CONNECTION_STRING!,
    },
  };
  assert.equal((await runTask("stream", ["--count", "5"], settings)).stdout, "5 ticks sent\n");
  assert.equal((await runTask("receive", ["--once"], settings)).code, 0);
  const taken = /127\.0\.0\.1:(\d+)/.exec(EVENT_HUB_CONNECTION_STRING!)![1]!;
  const second = await runTask(
    "local",
    ["--hub-port", taken, "--blob-port", "0", "--data", "other"],
    settings,
  );
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`^local: port ${taken} on 127.0.0.1 is in use: .*--hub-port\n$`));
  local.kill("SIGTERM");
  const { code, stderr } = await local.ended;
  assert.equal(code, 0, stderr);
});

Deno.test("local keeps events and blobs when it is killed, and serves them again", async () => {
  await using folder = await temporaryFolder();
  const ports = ["--hub-port", "0", "--blob-port", "0", "--status-port", "0"];
  const start = async () => {
    const local = startTask("local", ports, { cwd: folder.path });
    const env = parseEnv(await local.printed(/Ctrl-C stops both/)) as Record<string, string>;
    return { local, settings: { cwd: folder.path, env } };
  };
  const first = await start();
  assert.equal((await runTask("stream", ["--count", "120"], first.settings)).code, 0);
  first.local.kill("SIGKILL");
  await first.local.ended;
  const second = await start();
  const { stdout, stderr } = await runTask("receive", ["--once"], second.settings);
  assert.equal(stdout, "120 ticks and 0 rejects stored in 3 blobs\n", stderr);
  second.local.kill("SIGTERM");
  assert.equal((await second.local.ended).code, 0);
});

Deno.test({
  name: "analyze reads the blobs of DATA605 as they are",
  ignore: !haveShared,
  async fn() {
    await using folder = await temporaryFolder();
    const blobs = new URL("data605", shared).pathname;
    const { code, stdout, stderr } = await runTask("analyze", [
      "--in",
      blobs,
      "--json",
      "zscore",
      "hourly_aggregation",
    ], {
      cwd: folder.path,
    });
    assert.equal(code, 0, stderr);
    const { ticks, refused } = JSON.parse(stdout).summary;
    assert.deepEqual({ ticks, refused }, { ticks: 700, refused: 0 });
    const scores = csvRows(await readText(folder.path, "out", "csv", "zscore.csv"));
    assert.equal(scores.filter(({ is_anomaly }) => is_anomaly === "true").length, 10);
    const hours = csvRows(await readText(folder.path, "out", "csv", "hourly_aggregation.csv"));
    assert.deepEqual(hours.map(({ samples }) => Number(samples)), [
      28,
      60,
      59,
      60,
      59,
      54,
      59,
      60,
      60,
      59,
      60,
      59,
      23,
    ]);
  },
});

Deno.test({
  name: "demo replays a month of real minutes without a loss",
  ignore: !haveShared,
  async fn() {
    await using folder = await temporaryFolder();
    const file = new URL("btcusd_1m_2023-03.csv", shared).pathname;
    const args = ["--source", "replay", "--file", file, "--out", "march"];
    const { code, stdout, stderr } = await runTask("demo", args, { cwd: folder.path });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^30240 ticks sent, 30240 stored, 0 lost, 0 duplicates/);
    const hours = csvRows(await readText(folder.path, "march", "csv", "hourly_aggregation.csv"));
    const lowest = hours.reduce((low, hour) => Number(hour.low) < Number(low.low) ? hour : low);
    assert.equal(lowest.time!.slice(0, 10), "2023-03-10");
  },
});
