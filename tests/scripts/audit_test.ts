import assert from "node:assert/strict";
import { blobStore, openContainer } from "#pipeline/store/blob.ts";
import { runTask, stackForTasks } from "#tests/tasks.ts";

Deno.test("receive --status and audit tell what is stored, what is to come, and what is lost", async () => {
  await using stack = await stackForTasks();
  const { settings } = stack;
  await runTask("stream", ["--count", "120"], settings);
  const json = async (task: "receive" | "audit", ...args: string[]) => {
    const { code, stdout, stderr } = await runTask(task, [...args, "--json"], settings);
    assert.equal(stderr, "");
    return { code, value: JSON.parse(stdout) };
  };
  const lagOf = async () => {
    const { value } = await json("receive", "--status");
    return value.reduce((sum: number, { lag }: { lag: number }) => sum + lag, 0);
  };
  assert.equal(await lagOf(), 120);
  const before = await json("audit");
  assert.equal(before.code, 0);
  assert.equal(before.value.partitions.find(({ last }: { last: number }) => last >= 0).waiting, 120);

  assert.equal((await runTask("receive", ["--once"], settings)).code, 0);
  assert.equal(await lagOf(), 0);
  const table = await runTask("receive", ["--status"], settings);
  assert.match(table.stdout, /^partition +owner +checkpoint +end +lag +generation\n +0 +-/);
  const sound = await runTask("audit", [], settings);
  assert.match(sound.stdout, /\n3 blobs: nothing lost, nothing damaged\n$/);
  assert.equal(sound.code, 0);

  const container = await openContainer({ connectionString: stack.storageConnectionString }, "ticks");
  const names = await Array.fromAsync(blobStore(container).list("ticks/"), ({ name }) => name);
  await container.deleteBlob(names[1]!);
  const after = await json("audit");
  assert.equal(after.code, 1);
  const hurt = after.value.partitions.filter(({ lost }: { lost: number }) => lost > 0);
  assert.deepEqual(hurt.map(({ lost, gaps }: { lost: number; gaps: unknown }) => ({ lost, gaps })), [
    { lost: 50, gaps: [{ first: 50, last: 99 }] },
  ]);
});
