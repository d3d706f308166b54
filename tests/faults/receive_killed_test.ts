import assert from "node:assert/strict";
import { blobStore, openContainer } from "#pipeline/store/blob.ts";
import { csvRows, type RunningTask, runTask, stackForTasks, startTask } from "#tests/tasks.ts";

const ticks = 6_000;

Deno.test("receive killed with SIGKILL again and again loses no tick and repeats none", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  const streamed = await runTask("stream", ["--count", String(ticks), "--step", "100ms"], settings);
  assert.equal(streamed.code, 0, streamed.stderr);
  const store = blobStore(await openContainer({ connectionString: stack.storageConnectionString }, "ticks"));
  const blobs = async () => (await Array.fromAsync(store.list("ticks/"))).length;

  // Each is killed as soon as it has stored something, wherever it then is between a put and a checkpoint.
  let kills = 0;
  for (let before = 0; before < ticks / 50 - 20; before = await blobs()) {
    const receiver = startTask("receive", ["--once"], settings);
    await atLeast(blobs, before + 10, receiver);
    receiver.kill("SIGKILL");
    await receiver.ended;
    kills++;
  }
  assert(kills >= 2, `${kills} kills`);

  const last = await runTask("receive", ["--once"], settings);
  assert.equal(last.code, 0, last.stderr);
  const merged = await runTask("merge", [], settings);
  const ids = csvRows(merged.stdout).map(({ id }) => id);
  assert.equal(ids.length, ticks);
  assert.equal(new Set(ids).size, ticks);
});

Deno.test("receive stores what it holds when SIGTERM comes, and ends within 8 s", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  await runTask("stream", ["--count", "130"], settings);
  const store = blobStore(await openContainer({ connectionString: stack.storageConnectionString }, "ticks"));
  const blobs = async () => (await Array.fromAsync(store.list("ticks/"))).length;
  // Two full blobs come at once; the last 30 ticks would wait for an hour.
  const receiver = startTask("receive", ["--batch-age", "1h"], settings);
  await atLeast(blobs, 2, receiver);
  const asked = performance.now();
  receiver.kill("SIGTERM");
  const { code, stdout, stderr } = await receiver.ended;
  const tookMs = performance.now() - asked;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "130 ticks and 0 rejects stored in 3 blobs\n");
  assert(tookMs < 8_000, `${tookMs} ms`);
  assert.equal(
    (await runTask("receive", ["--once"], settings)).stdout,
    "0 ticks and 0 rejects stored in 0 blobs\n",
  );
});

Deno.test("stream sends what it has read when Ctrl-C comes", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  const streaming = startTask("stream", ["--step", "1ms"], settings);
  const receiver = startTask("receive", ["--batch-age", "50ms"], settings);
  const store = blobStore(await openContainer({ connectionString: stack.storageConnectionString }, "ticks"));
  await atLeast(async () => (await Array.fromAsync(store.list("ticks/"))).length, 1, receiver);
  streaming.kill("SIGINT");
  const { code, stdout, stderr } = await streaming.ended;
  assert.equal(code, 0, stderr);
  receiver.kill("SIGINT");
  assert.equal((await receiver.ended).code, 0);
  await runTask("receive", ["--once"], settings);
  const merged = await runTask("merge", [], settings);
  assert.equal(`${csvRows(merged.stdout).length} ticks sent\n`, stdout.split("\n").at(-2) + "\n");
});

/** Asks until there are so many, or the receiver has ended by itself. */
async function atLeast(count: () => Promise<number>, wanted: number, receiver: RunningTask): Promise<void> {
  let over = false;
  receiver.ended.then(() => over = true);
  while (!over && await count() < wanted) { /* asking takes its time */ }
}
