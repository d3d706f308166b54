import assert from "node:assert/strict";
import project from "#project" with { type: "json" };

const root = new URL("../", import.meta.url);
const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
for await (const { name } of Deno.readDir(new URL("docs/", root))) {
  if (name.endsWith(".md")) pages.push(`docs/${name}`);
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}

Deno.test.each(pages)("%s names only tasks that there are", async (page) => {
  const text = await Deno.readTextFile(new URL(page, root));
  for (const [, task] of text.matchAll(/\bdeno(?:@[\d.]+)? task ([a-z][a-z-]*)/g)) {
    assert(task! in project.tasks, `${page} names the task "${task}"`);
  }
});

Deno.test.each(pages)("%s links only to what is there", async (page) => {
  const url = new URL(page, root);
  const text = await Deno.readTextFile(url);
  const anchors = new Set(text.matchAll(/<a id="([^"]+)">/g).map(([, id]) => `#${id}`));
  for (const [, , heading] of text.matchAll(/^(#+) (.+)$/gm)) {
    anchors.add(`#${heading!.toLowerCase().replace(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")}`);
  }
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|srcset|href)="([^"]+)"/g)];
  for (const [, target] of targets) {
    if (/^https?:/.test(target!)) continue;
    if (target!.startsWith("#")) assert(anchors.has(target!), `${page} links to ${target}`);
    else assert(await exists(new URL(target!.split("#")[0]!, url)), `${page} links to ${target}`);
  }
});

Deno.test("the walk in ARCHITECTURE.md names functions that stand in the files beside them", async () => {
  const text = await Deno.readTextFile(new URL("ARCHITECTURE.md", root));
  const rows = [...text.matchAll(/^\|[^|]+\| `([\w./]+\.(?:ts|sql))` +\| ([^|]+)\|$/gm)];
  assert(rows.length > 12, `${rows.length} rows`);
  for (const [, file, names] of rows) {
    const code = await Deno.readTextFile(new URL(file!, root));
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      assert(new RegExp(`\\b${name}\\b`).test(code), `${file} has ${name}`);
    }
  }
});

Deno.test("every folder of the layout in ARCHITECTURE.md is there", async () => {
  const text = await Deno.readTextFile(new URL("ARCHITECTURE.md", root));
  const folders = [...text.matchAll(/^\| `([a-z]+\/)` /gm)].map(([, folder]) => folder!);
  assert(folders.length >= 6);
  for (const folder of folders) assert(await exists(new URL(folder, root)), folder);
});
