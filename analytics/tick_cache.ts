import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { runStaging } from "./staging.ts";

/** What the tables of sql/lines.sql hold of some blobs, as files. */
interface Manifest {
  readonly version: number;
  readonly blobs: readonly string[];
  readonly parts: readonly Part[];
}

interface Part {
  readonly table: string;
  readonly file: string;
  readonly sha256: string;
}

/** Changes with the tables of sql/lines.sql: what another version wrote is not read. */
const version = 1;

const tables = ["words", "refused_ticks", "dropped_lines", "stored_ticks"];

/** A table goes into parts of so many rows: the copy that is made of a part takes memory, too. */
const rowsPerPart = 1_000_000;

/**
 * Fills the tables with what was read before, and says of which blobs; `null`, and the tables are empty, if that is
 * nothing. The name of a blob must state its content, since only names are compared.
 *
 * @param names The blobs there are: ticks of a blob that is gone are not brought back.
 */
export async function restoreTicks(
  engine: Engine,
  folder: string,
  names: readonly string[],
): Promise<ReadonlySet<string> | null> {
  const manifest = await readManifest(join(folder, manifestName(engine)));
  const there = new Set(names);
  if (manifest === null || !manifest.blobs.every((name) => there.has(name))) return null;
  try {
    for (const { table, file, sha256 } of manifest.parts) {
      const bytes = await Deno.readFile(join(folder, file));
      if (hash(bytes) !== sha256) throw new Error(`${file} is not as it was written`);
      await engine.unpack(table, bytes);
    }
  } catch {
    // Whatever it is, the blobs have it all.
    await runStaging(engine, "lines.sql");
    return null;
  }
  return new Set(manifest.blobs);
}

/** Writes what the tables hold of these blobs. A crash leaves what was there before, or some files that the next one removes. */
export async function saveTicks(engine: Engine, folder: string, blobs: readonly string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const parts: Part[] = [];
  for (const table of tables) {
    const rows = Number((await engine.run(`select count(*) as n from ${table}`)).columns[0]!.values[0]);
    for (let start = 0; start < rows; start += rowsPerPart) {
      const end = start + rowsPerPart;
      const bytes = await engine.pack(
        `select * from ${table} where rowid >= ${start} and rowid < ${end} order by rowid`,
      );
      const sha256 = hash(bytes);
      const file = `${table}-${sha256.slice(0, 16)}.${engine.packing}`;
      await Deno.writeFile(join(folder, file), bytes);
      parts.push({ table, file, sha256 });
    }
  }
  const manifest: Manifest = { version, blobs, parts };
  const path = join(folder, manifestName(engine));
  await Deno.writeTextFile(`${path}.tmp`, JSON.stringify(manifest));
  await Deno.rename(`${path}.tmp`, path);
  await removeOthers(engine, folder, parts);
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

async function removeOthers(engine: Engine, folder: string, parts: readonly Part[]): Promise<void> {
  const needed = new Set(parts.map(({ file }) => file));
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(`.${engine.packing}`) && !needed.has(name)) await Deno.remove(join(folder, name));
  }
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
