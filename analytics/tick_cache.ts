import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { runStaging } from "./staging.ts";

/** What the tables of sql/lines.sql hold of some blobs, as files. */
interface Manifest {
  readonly version: number;
  readonly blobs: readonly string[];
  readonly parts: readonly Part[];
}

/** Rows of a table. */
interface Part {
  readonly table: string;
  readonly file: string;
  readonly sizeBytes: number;
}

/** Changes with the tables of sql/lines.sql: what another version wrote is not read. */
const version = 1;

/** The tables that are kept as they are; the ticks, which may be many, are not read before they are asked for. */
const tables = ["words", "refused_ticks", "dropped_lines", "frontiers"];

/** Ticks go into a file by so many: the copy that duckdb-wasm makes of a file takes memory, too. */
const ticksPerFile = 245_760;

/**
 * Fills `kept_ticks` and the tables beside it with what was read before, and says of which blobs; `null` if that is nothing.
 * The name of a blob must state its content, since only names are compared.
 *
 * @param names The blobs there are: ticks of a blob that is gone are not brought back.
 */
export async function restoreTicks(
  engine: Engine,
  folder: string,
  names: readonly string[],
): Promise<ReadonlySet<string> | null> {
  try {
    const manifest = await readManifest(join(folder, manifestName(engine)));
    const there = new Set(names);
    if (manifest === null || !manifest.blobs.every((name) => there.has(name))) return null;
    for (const table of tables) {
      const files = await filesOf(folder, manifest, table);
      if (files.length > 0) await engine.run(`insert into ${table} from ${await engine.unpack(files)}`);
    }
    const files = await filesOf(folder, manifest, "ticks");
    if (files.length > 0) {
      await engine.run(`create or replace view kept_ticks as from ${await engine.unpack(files)}`);
    }
    return new Set(manifest.blobs);
  } catch {
    // Whatever it is, the blobs have it all.
    await runStaging(engine, "lines.sql");
    return null;
  }
}

async function filesOf(folder: string, { parts }: Manifest, table: string): Promise<string[]> {
  const files: string[] = [];
  for (const part of parts.filter((part) => part.table === table)) {
    const file = join(folder, part.file);
    const { size } = await Deno.stat(file);
    if (size !== part.sizeBytes) throw new Error(`${file} has ${size} bytes, expected ${part.sizeBytes}`);
    files.push(file);
  }
  return files;
}

/**
 * Writes what the tables hold of these blobs. A failure leaves what was there before; a crash also some files, which the
 * next call removes.
 */
export async function saveTicks(engine: Engine, folder: string, blobs: readonly string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, manifestName(engine));
  try {
    const parts = await writeParts(engine, folder);
    await Deno.writeTextFile(`${path}.tmp`, JSON.stringify({ version, blobs, parts } satisfies Manifest));
    await Deno.rename(`${path}.tmp`, path);
  } finally {
    // Of those before, or where the disk is full, of those that nobody knows of.
    await removeOthers(engine, folder, (await readManifest(path))?.parts ?? []);
  }
}

async function writeParts(engine: Engine, folder: string): Promise<readonly Part[]> {
  const parts: Part[] = [];
  const pack = async (table: string, sql: string) => {
    const file = `${table}-${crypto.randomUUID()}.${engine.packing}`;
    await engine.pack(sql, join(folder, file));
    parts.push({ table, file, sizeBytes: (await Deno.stat(join(folder, file))).size });
  };
  for (const table of tables) await pack(table, `from ${table} order by rowid`);
  const [first, last] = (await engine.run("select min(n), max(n) from stored_ticks")).columns;
  const end = Number(last!.values[0]);
  for (let start = Number(first!.values[0]); start <= end; start += ticksPerFile) {
    await pack("ticks", `from stored_ticks where n >= ${start} and n < ${start + ticksPerFile}`);
  }
  return parts;
}

/** Removes all files of the engine but these. */
async function removeOthers(engine: Engine, folder: string, parts: readonly Part[]): Promise<void> {
  const needed = new Set(parts.map(({ file }) => file));
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(`.${engine.packing}`) && !needed.has(name)) await Deno.remove(join(folder, name));
  }
}

const manifestName = ({ packing }: Engine) => `${packing}.json`;

async function readManifest(path: string): Promise<Manifest | null> {
  try {
    const manifest = JSON.parse(await Deno.readTextFile(path)) as Manifest;
    return manifest.version === version ? manifest : null;
  } catch {
    return null;
  }
}
