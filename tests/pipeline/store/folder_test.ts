import assert from "node:assert/strict";
import { join } from "node:path";
import { folderStore } from "#pipeline/store/folder.ts";
import { storeContract } from "#tests/contracts/store.ts";
import { temporaryFolder } from "#scripts/files.ts";

storeContract("folderStore()", async () => {
  const folder = await temporaryFolder();
  return { store: folderStore(folder.path), [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
});

Deno.test("folderStore() writes a file whose path is the name, and leaves nothing else", async () => {
  await using folder = await temporaryFolder();
  await folderStore(folder.path).put("ticks/partition=0/a.ndjson", new Uint8Array([10]), {});
  const path = join(folder.path, "ticks", "partition=0");
  assert.deepEqual((await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name), ["a.ndjson"]);
});

Deno.test("folderStore() does not list what a crash left half-written", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, ".a.ndjson.123.tmp"), "half");
  assert.deepEqual(await Array.fromAsync(folderStore(folder.path).list("")), []);
});

Deno.test("folderStore() leaves no temporary file when the disk refuses", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "a"));
  await assert.rejects(folderStore(folder.path).put("a", new Uint8Array([1]), {}));
  assert.deepEqual((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["a"]);
});

Deno.test.each(["../outside", "a/../../outside", "/etc/outside"])(
  "folderStore() keeps %j inside",
  async (name) => {
    await using folder = await temporaryFolder();
    await assert.rejects(folderStore(folder.path).put(name, new Uint8Array(), {}), /leads out of/);
  },
);
