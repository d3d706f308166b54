import { basename, dirname, join, resolve, sep } from "node:path";
import type { BlobInfo, Store } from "./store.ts";

/**
 * A folder as a store: a blob is a file, its name the path below the folder. Written under a temporary name, brought to
 * the disk and renamed, so that a crash leaves either the whole file or none. Metadata has no place here and is dropped.
 */
export function folderStore(folder: string): Store {
  const root = resolve(folder);
  const pathOf = (name: string) => {
    const path = resolve(root, name);
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw new Error(`Cannot use blob name "${name}": it leads out of ${root}`);
    }
    return path;
  };
  return {
    async put(name, bytes) {
      const path = pathOf(name);
      if (await exists(path)) return "exists";
      await Deno.mkdir(dirname(path), { recursive: true });
      const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
      try {
        await writeDurably(temporary, bytes);
        await Deno.rename(temporary, path);
      } catch (error) {
        await Deno.remove(temporary).catch(() => {});
        throw error;
      }
      await syncFolder(dirname(path));
      return "created";
    },
    async *list(prefix) {
      const names = (await namesBelow(root, "")).filter((name) => name.startsWith(prefix));
      const infos = names.map(async (name): Promise<BlobInfo> => {
        return { name, sizeBytes: (await Deno.stat(pathOf(name))).size, metadata: null };
      });
      yield* await Promise.all(infos);
    },
    get: (name) => Deno.readFile(pathOf(name)),
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  await file.sync();
}

/** Brings the new name itself to the disk; Windows has no such call, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.sync();
}

/** Names of all files below, temporary ones left out, in the order of their names. */
async function namesBelow(root: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(join(root, prefix))) {
    const name = prefix + entry.name;
    if (entry.isDirectory) names.push(...await namesBelow(root, `${name}/`));
    else if (!(entry.name.startsWith(".") && entry.name.endsWith(".tmp"))) names.push(name);
  }
  return names.sort();
}
