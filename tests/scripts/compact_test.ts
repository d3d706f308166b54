import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "#scripts/files.ts";
import { ndjson, storedTick } from "#tests/analytics/stored_ticks.ts";
import { runTask, stackForTasks } from "#tests/tasks.ts";

/** A folder with two days of ticks in NDJSON, as `blobs`. */
async function folderOfTicks() {
  const folder = await temporaryFolder();
  const ticks = Array.from({ length: 96 }, (_, n) => {
    const time = new Date(Date.UTC(2026, 4, 1) + n * 1_800_000).toISOString();
    return storedTick(n, { time, symbol: n % 2 ? "ETH-USD" : "BTC-USD", price: 100 + Math.cos(n) });
  });
  await Deno.mkdir(join(folder.path, "blobs"));
  await Deno.writeTextFile(join(folder.path, "blobs", "a.ndjson"), ndjson(ticks));
  return folder;
}

async function filesBelow(path: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) files.push(...(await filesBelow(join(path, name))).map((below) => `${name}/${below}`));
    else files.push(name);
  }
  return files.sort();
}

Deno.test("compact writes Parquet by date and symbol, which analyze reads as it reads the blobs", async () => {
  await using folder = await folderOfTicks();
  const settings = { cwd: folder.path };
  const first = await runTask("compact", ["--in", "blobs"], settings);
  assert.deepEqual([first.code, first.stdout], [
    0,
    `96 ticks in 4 files of ${join("out", "compact")}: 4 written, 0 unchanged; 0 replaced, 0 lines refused\n`,
  ], first.stderr);
  const again = await runTask("compact", ["--in", "blobs", "--json"], settings);
  const { ticks, written, unchanged, removed, refused, kept } = JSON.parse(again.stdout);
  assert.deepEqual({ ticks, written, unchanged, removed, refused, kept }, {
    ticks: 96,
    written: 0,
    unchanged: 4,
    removed: 0,
    refused: 0,
    kept: [],
  });
  const compact = join(folder.path, "out", "compact");
  assert.deepEqual((await filesBelow(compact)).map((name) => name.replace(/[0-9a-f]{16}/, "HASH")), [
    "ticks/date=2026-05-01/symbol=BTC-USD/ticks-HASH.parquet",
    "ticks/date=2026-05-01/symbol=ETH-USD/ticks-HASH.parquet",
    "ticks/date=2026-05-02/symbol=BTC-USD/ticks-HASH.parquet",
    "ticks/date=2026-05-02/symbol=ETH-USD/ticks-HASH.parquet",
  ]);
  const names = ["moving_average", "hourly_aggregation"];
  for (const [from, out] of [["blobs", "a"], [compact, "b"]] as const) {
    const { code, stderr } = await runTask("analyze", ["--in", from, "--out", out, ...names], settings);
    assert.equal(code, 0, stderr);
  }
  for (const name of names) {
    const [one, other] = await Promise.all(
      ["a", "b"].map((out) => Deno.readTextFile(join(folder.path, out, "csv", `${name}.csv`))),
    );
    assert.equal(one, other, name);
  }
});

Deno.test("compact takes the ticks of the configured container", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  assert.equal((await runTask("stream", ["--source", "simulated", "--count", "200"], settings)).code, 0);
  assert.equal((await runTask("receive", ["--once"], settings)).code, 0);
  const compacted = await runTask("compact", ["--json", "--engine", "native"], settings);
  const { source, ticks, written } = JSON.parse(compacted.stdout);
  assert.deepEqual([source, ticks], ["container ticks", 200], compacted.stderr);
  const files = await filesBelow(join(settings.cwd, "out", "compact", "ticks"));
  assert.equal(files.length, written);
  const merged = await runTask("merge", ["--engine", "native"], settings);
  const again = await runTask("merge", ["--in", "out/compact", "--engine", "native"], settings);
  assert.equal(again.stdout, merged.stdout, again.stderr);
  assert.equal(merged.stdout.trimEnd().split("\n").length, 201);
});

Deno.test("compact of one day and one symbol leaves the other files alone", async () => {
  await using folder = await folderOfTicks();
  const settings = { cwd: folder.path };
  const args = ["--in", "blobs", "--out", "lake", "--cache", "none"];
  assert.equal((await runTask("compact", args, settings)).code, 0);
  const files = await filesBelow(join(folder.path, "lake"));
  const range = ["--from", "2026-05-02", "--to", "2026-05-03", "--symbol", "BTC-USD", "--engine", "native"];
  const { stdout, stderr } = await runTask("compact", [...args, ...range], settings);
  assert.equal(
    stdout,
    "24 ticks in 1 files of lake: 0 written, 1 unchanged; 0 replaced, 0 lines refused\n",
    stderr,
  );
  assert.deepEqual(await filesBelow(join(folder.path, "lake")), files);
});

Deno.test("compact keeps a file whose ticks it no longer finds, and ends with 1", async () => {
  await using folder = await folderOfTicks();
  const settings = { cwd: folder.path };
  const args = ["--in", "blobs", "--out", "lake", "--cache", "none"];
  assert.equal((await runTask("compact", args, settings)).code, 0);
  const files = await filesBelow(join(folder.path, "lake"));
  const path = join(folder.path, "blobs", "a.ndjson");
  const lines = (await Deno.readTextFile(path)).split("\n");
  await Deno.writeTextFile(path, lines.slice(5).join("\n"));
  const { code, stderr } = await runTask("compact", args, settings);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /"event":"compact.kept","file":"lake.ticks.date=2026-05-01.symbol=BTC-USD.*"missing":3/,
  );
  assert.match(
    stderr,
    /compact: 2 files of lake were kept as they are, since they hold ticks that blobs lacks/,
  );
  assert.deepEqual(await filesBelow(join(folder.path, "lake")), files);
});

Deno.test.each<[string[], number, RegExp]>([
  [
    ["--in", "blobs", "--from", "2026-05-01T12:00:00Z"],
    2,
    /--from is 2026-05-01T12:00:00\.000Z, expected midnight UTC/,
  ],
  [
    ["--in", "blobs", "--to", "2026-05-02T00:00:00.001Z"],
    2,
    /--to is 2026-05-02T00:00:00\.001Z, expected midnight UTC/,
  ],
  [["--in", "blobs", "--out", "blobs"], 2, /--out blobs would mix with --in blobs: name a folder beside it/],
  [["--in", "blobs", "--out", "blobs/below/it"], 2, /--out blobs\/below\/it would mix with --in blobs/],
  [["--in", ".", "--out", "lake"], 2, /--out lake would mix with --in \./],
  [["--in", "blobs", "--out", "link"], 2, /--out link would mix with --in blobs/],
  [["--in", "ticks", "--out", "."], 2, /--out \. would mix with --in ticks/],
  [["--in", "blobs", "--out", "blobs/a.ndjson"], 1, /"blobs\/a\.ndjson" is a file: --out takes a folder/],
  [["--in", "none"], 1, /^compact: there is no folder "none": check --in\n$/],
])("compact %j is refused with exit code %d, and nothing is written", async (args, exit, message) => {
  await using folder = await folderOfTicks();
  await Deno.symlink("blobs", join(folder.path, "link"));
  await Deno.mkdir(join(folder.path, "ticks"));
  const files = await filesBelow(folder.path);
  const { code, stdout, stderr } = await runTask("compact", args, { cwd: folder.path });
  assert.deepEqual([code, stdout], [exit, ""], stderr);
  assert.match(stderr, message);
  assert.deepEqual(await filesBelow(folder.path), files);
});
