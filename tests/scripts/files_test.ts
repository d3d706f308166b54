import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder, writeWhole } from "#scripts/files.ts";

const namesIn = (path: string) => Array.fromAsync(Deno.readDir(path), ({ name }) => name);

Deno.test("writeWhole() replaces a file, and leaves nothing else behind", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "deep", "a.csv");
  for (const text of ["first", "second"]) await writeWhole(path, [text, "\n"]);
  assert.equal(await Deno.readTextFile(path), "second\n");
  assert.deepEqual(await namesIn(join(folder.path, "deep")), ["a.csv"]);
});

Deno.test("writeWhole() leaves no half behind when the name can't be had", async () => {
  await using folder = await temporaryFolder();
  // A folder stands in for a file that another program holds, as a spreadsheet does on Windows.
  await Deno.mkdir(join(folder.path, "a.csv", "held"), { recursive: true });
  await assert.rejects(writeWhole(join(folder.path, "a.csv"), ["text"]));
  assert.deepEqual(await namesIn(folder.path), ["a.csv"]);
});
