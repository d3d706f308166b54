import assert from "node:assert/strict";
import { join } from "node:path";
import project from "#project" with { type: "json" };
import { temporaryFolder } from "#scripts/files.ts";
import { type Ended, runTask } from "#tests/tasks.ts";

type Task = Parameters<typeof runTask>[0];
const scripts: Task[] = ["demo", "local", "stream", "receive", "analyze", "merge", "compact", "cron"];

/** Nothing listens on port 1. */
const nobody = {
  EVENT_HUB_CONNECTION_STRING:
    "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=canary;UseDevelopmentEmulator=true",
  STORAGE_CONNECTION_STRING:
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Y2FuYXJ5;BlobEndpoint=http://127.0.0.1:1/a;",
};

/** One line on stderr that matches (and the way to `--help` where the use was wrong), nothing on stdout, no stack. */
function assertRefused({ code, stdout, stderr }: Ended, exit: number, message: RegExp): void {
  assert.equal(code, exit, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, message);
  assert.doesNotMatch(stderr, /^\s+at /m);
  assert.doesNotMatch(stderr, /canary|Y2FuYXJ5/);
}

Deno.test("every task has a description, and no task has every permission", () => {
  for (const [name, { description, command }] of Object.entries(project.tasks)) {
    assert(description.length > 10, name);
    assert.doesNotMatch(command, /(^| )(-A|--allow-all)/, name);
  }
});

Deno.test.each(scripts)("%s shows its help without asking for any permission", async (task) => {
  const bare = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", `scripts/${task}.ts`, "--help"],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await bare.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.match(new TextDecoder().decode(stdout), new RegExp(`deno task ${task} `));
});

Deno.test.each<[Task, string[], number, RegExp]>([
  ["stream", ["--cuont", "1"], 2, /^stream: unknown flag --cuont, expected --source, /],
  ["stream", ["--source", "replay"], 2, /--source replay needs --file/],
  ["stream", ["--source", "nowhere"], 2, /"nowhere", expected/],
  [
    "stream",
    ["--source", "binance", "--symbol", "BTC-USD,BTC-USDT"],
    1,
    /^stream: BTC-USD and BTC-USDT are both BTCUSDT on Binance: ask for one of them\n$/,
  ],
  [
    "stream",
    [],
    1,
    /^stream: Event Hubs at 127\.0\.0\.1:1 can't be reached: start it with `deno task local`/,
  ],
  [
    "receive",
    ["--once"],
    1,
    /^receive: Storage at http:\/\/127\.0\.0\.1:1: nothing listens there: start it with/,
  ],
  ["receive", ["--batch-events", "0"], 2, /--batch-events is "0", expected a whole number from 1 to/],
  ["analyze", [], 1, /^analyze: Storage at http:\/\/127\.0\.0\.1:1: nothing listens there/],
  ["analyze", ["moving_avrage"], 2, /unknown analysis "moving_avrage", expected .*moving_average/],
  ["analyze", ["--param", "perods=5"], 2, /--param perods is no parameter of /],
  ["analyze", ["--in", "none"], 1, /^analyze: there is no folder "none": check --in\n$/],
  ["analyze", ["--from", "yesterday"], 2, /--from is "yesterday"/],
  ["analyze", ["--engine", "sqlite"], 2, /--engine is "sqlite", expected one of wasm/],
  ["merge", ["--in", "none"], 1, /^merge: there is no folder "none"/],
  ["audit", ["--in", "none"], 1, /^audit: there is no folder "none"/],
  ["demo", ["--events", "0"], 2, /--events is "0"/],
  [
    "demo",
    ["--source", "replay", "--file", "none.csv"],
    1,
    /^demo: Cannot replay "none\.csv": there is no such file; check --file\n$/,
  ],
])("%s %j is refused with exit code %d", async (task, args, exit, message) => {
  await using folder = await temporaryFolder();
  assertRefused(await runTask(task, args, { cwd: folder.path, env: nobody }), exit, message);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), [], "something was left behind");
});

Deno.test("a .env with contradictions is refused, every one named, no secret shown", async () => {
  await using folder = await temporaryFolder();
  const lines = [
    "EVENT_HUB_NAMESPACE=example",
    "EVENT_HUB_CONNECTION_STRING=canary",
    "STORAGE_ACCOUNT_URL=nowhere",
  ];
  await Deno.writeTextFile(join(folder.path, ".env"), lines.join("\n"));
  const ended = await runTask("receive", [], { cwd: folder.path });
  assertRefused(ended, 2, /EVENT_HUB_NAMESPACE and EVENT_HUB_CONNECTION_STRING are both set/);
  assert.match(ended.stderr, /STORAGE_ACCOUNT_URL is "nowhere"/);
});

Deno.test("a .env from Windows is read with its byte order mark, and refused as UTF-16", async () => {
  await using folder = await temporaryFolder();
  const setting = "\uFEFFEVENT_HUB_NAMESPACE=example\r\n";
  const path = join(folder.path, ".env");
  await Deno.writeTextFile(path, setting);
  const settings = { cwd: folder.path };
  assertRefused(await runTask("receive", [], settings), 2, /EVENT_HUB_NAME is missing/);
  await Deno.writeFile(
    path,
    new Uint8Array(Uint16Array.from(setting, (letter) => letter.charCodeAt(0)).buffer),
  );
  assertRefused(await runTask("receive", [], settings), 2, /\.env is no UTF-8 text: save it as UTF-8/);
});

Deno.test("analyze counts and names lines that are no tick, and uses the others", async () => {
  await using folder = await temporaryFolder();
  const blobs = join(folder.path, "blobs");
  await Deno.mkdir(blobs);
  await Deno.writeTextFile(join(blobs, "empty.ndjson"), "");
  const good = `{"currency":"BTC","price_usd":96503.0,"timestamp":1746246720.5}`;
  await Deno.writeTextFile(
    join(blobs, "mixed.json"),
    `${good}\nnot json\n{"currency":"BTC","timestamp":1746246721}\n`,
  );
  const { code, stdout, stderr } = await runTask("analyze", ["--in", blobs, "zscore"], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^1 ticks .*\n3 lines in 2 blobs: 2 refused/);
  assert.match(stderr, /"blob":"mixed\.json","line":2,/);
  assert.match(stderr, /"blob":"mixed\.json","line":3,.*price_usd.* is missing/);
});

Deno.test.each([
  ["an empty folder", {}, /no blobs in blobs: run `deno task receive` first, or name a folder with --in/],
  ["empty blobs", { "a.ndjson": "" }, /no lines in the 1 blobs of blobs: they are empty/],
  ["nothing but broken lines", { "a.ndjson": "x\n" }, /no ticks in blobs: all 1 lines were refused/],
])("analyze of %s says so and writes nothing", async (_, files, message) => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "blobs"));
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder.path, "blobs", name), text);
  }
  const ended = await runTask("analyze", ["--in", "blobs"], { cwd: folder.path });
  assertRefused(ended, 1, message as RegExp);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name), ["blobs"]);
});
