import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "#scripts/files.ts";

const root = new URL("../", import.meta.url);
const folders = ["pipeline", "analytics", "emulator", "scripts"];

/** An import as it stands in a file: what it says, and the project's file or the package that it means. */
interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly to: string;
  /** Only for types: nothing is loaded. */
  readonly typeOnly: boolean;
}

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string; readonly error?: string };
  readonly type?: { readonly specifier?: string };
}

/** Who may import whom; a file is held to the first line that fits it. `own` is its own folder. */
const rules: readonly (readonly [file: RegExp, may: readonly (RegExp | "own")[]])[] = [
  [/^pipeline\/tick\.ts$/, []],
  [/^pipeline\/(sources|hub|store)\//, ["own", /^pipeline\/tick\.ts$/]],
  [/^pipeline\/\w+\.ts$/, [
    /^pipeline\/tick\.ts$/,
    /^pipeline\/hub\/hub\.ts$/,
    /^pipeline\/sources\/source\.ts$/,
    /^pipeline\/store\/(store|names)\.ts$/,
  ]],
  [/^analytics\//, [/^analytics\//, /^pipeline\/tick\.ts$/, /^pipeline\/store\/(store|names)\.ts$/]],
  [/^emulator\//, [/^emulator\//]],
  [/^scripts\//, [/^(scripts|pipeline|analytics|emulator)\//, /^deno\.json$/]],
];

const files = (await Array.fromAsync(walk("."))).filter((file) => file.endsWith(".ts"));
const imports = await readImports(files.filter((file) => folders.includes(file.split("/")[0]!)));

Deno.test("every import is one that the table in ARCHITECTURE.md allows", () => {
  const crossings = imports.filter(({ to }) => !to.startsWith("npm:"));
  assert(crossings.length > 100, "imports were found");
  const forbidden = crossings.filter(({ from, to }) => {
    const rule = rules.find(([file]) => file.test(from));
    assert(rule !== undefined, `no rule for ${from}`);
    return !rule[1].some((may) => may === "own" ? folderOf(to) === folderOf(from) : may.test(to));
  });
  assert.deepEqual(forbidden.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("an import within a folder is relative, one that leaves it has an alias, none climbs", () => {
  const wrong = imports.filter(({ from, to, specifier }) => {
    if (to.startsWith("npm:")) return false;
    const below = to.startsWith(`${folderOf(from)}/`);
    return specifier.includes("../") || below !== specifier.startsWith("./");
  });
  assert.deepEqual(wrong.map(({ from, specifier }) => `${from}: ${specifier}`), []);
});

Deno.test("a package is loaded by one file", () => {
  const loaders = Map.groupBy(
    imports.filter(({ to, typeOnly }) => to.startsWith("npm:") && !typeOnly),
    ({ to }) => to,
  );
  const shared = [...loaders].map(([name, by]) => [name, [...new Set(by.map(({ from }) => from))]] as const)
    .filter(([, by]) => by.length > 1);
  assert.deepEqual(Object.fromEntries(shared), {});
});

Deno.test("every file in a folder of code is held to a rule, and files stay short", async () => {
  for (const file of files) {
    if (!folders.includes(file.split("/")[0]!)) continue;
    const lines = (await Deno.readTextFile(new URL(file, root))).split("\n").length;
    assert(lines <= 220, `${file} has ${lines} lines`);
  }
});

function folderOf(file: string): string {
  return file.split("/").slice(0, -1).join("/");
}

/** Asks Deno itself, in one go, what each file imports. */
async function readImports(sources: readonly string[]): Promise<Import[]> {
  await using folder = await temporaryFolder();
  const entry = join(folder.path, "all.ts");
  const urls = sources.map((file) => `import ${JSON.stringify(new URL(file, root).href)};`);
  await Deno.writeTextFile(entry, urls.join("\n"));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `--config=${new URL("deno.json", root).pathname}`, pathToFileURL(entry).href],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: readonly { readonly specifier: string; readonly dependencies?: readonly Dependency[] }[];
  };
  return modules.filter(({ specifier }) => specifier.startsWith(root.href)).flatMap((module) => {
    const from = module.specifier.slice(root.href.length);
    return (module.dependencies ?? []).flatMap(({ specifier, code, type }) => {
      const target = code?.specifier ?? type?.specifier;
      if (target === undefined || target.startsWith("node:")) return [];
      const to = target.startsWith(root.href)
        ? target.slice(root.href.length)
        : target.replace(/^npm:\/?((?:@[^/]+\/)?[^@/]+).*$/, "npm:$1");
      return [{ from, specifier, to, typeOnly: code === undefined }];
    });
  });
}

async function* walk(path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${path}/`, root))) {
    if (name.startsWith(".") || name === "out" || name === "node_modules") continue;
    const below = path === "." ? name : `${path}/${name}`;
    if (isDirectory) yield* walk(below);
    else yield below;
  }
}
