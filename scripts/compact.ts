import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { compactTicks, copyGaps } from "#analytics/compact.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import { type Given, print, runCommand, UsageError } from "./command.ts";
import { text, toggle } from "./flags.ts";
import { openFolder, openStore, processConfig } from "./open.ts";
import { loadChosenTicks, tickFlags } from "./ticks.ts";

const compactFlags = {
  ...tickFlags,
  out: text("folder for the Parquet files", "FOLDER", "out/compact"),
  json: toggle("print JSON for programs"),
};

await runCommand({
  name: "compact",
  about:
    "Writes every stored tick, once, as Parquet, a file for each date and symbol; run again, it writes what is new.",
  operands: null,
  flags: compactFlags,
  examples: [
    "deno task compact",
    "deno task compact --in out/demo/blobs --out out/compact",
    "deno task analyze --in out/compact --from 2026-05-01 --to 2026-05-02",
  ],
  run,
});

async function run({ flags, signal, logger }: Given<typeof compactFlags>): Promise<number> {
  const { out } = flags;
  wholeDay("from", flags.from);
  wholeDay("to", flags.to);
  await aFolder(out);
  if (flags.in !== null) await apart(flags.in, out);
  await using ticks = await loadChosenTicks(flags, logger, signal);
  await Deno.mkdir(out, { recursive: true });
  const progress = logger.progress("compact", 0);
  const target = { ...folderStore(out), remove: (name: string) => Deno.remove(join(out, name)) };
  await copyGaps(flags.in === null ? await openStore(processConfig()) : await openFolder(flags.in), target);
  const { kept, ...counts } = await compactTicks(ticks.engine, target, {
    signal,
    onPartition: progress.update,
  });
  progress.stop();
  for (const { name, missing } of kept) logger.log("compact.kept", { file: join(out, name), missing });
  const { written, unchanged, removed } = counts;
  const { refused } = ticks.summary;
  if (flags.json) print(JSON.stringify({ source: ticks.source, out, ...counts, refused, kept }, null, 2));
  else {
    print(
      `${counts.ticks} ticks in ${written + unchanged} files of ${out}: ${written} written, ` +
        `${unchanged} unchanged; ${removed} replaced, ${refused} lines refused`,
    );
  }
  if (kept.length === 0) return 0;
  throw new Error(
    `${kept.length} files of ${out} were kept as they are, since they hold ticks that ${ticks.source} lacks (logged above): ` +
      `name another --out, or remove them to have them written anew`,
  );
}

/** @throws {UsageError} for a time within a day: its file would be written without the rest of it. */
function wholeDay(flag: string, time: string | null): void {
  if (time === null || time.endsWith("T00:00:00.000Z")) return;
  throw new UsageError(
    `--${flag} is ${time}, expected midnight UTC, such as 2026-05-01: a file holds a whole day`,
  );
}

/** @throws {Error} when there is a file of that name. */
async function aFolder(out: string): Promise<void> {
  const info = await Deno.stat(out).catch(() => null);
  if (info !== null && !info.isDirectory) throw new Error(`"${out}" is a file: --out takes a folder`);
}

/** @throws {UsageError} when one of the folders would hold files of the other. */
async function apart(input: string, out: string): Promise<void> {
  const from = await realPath(input);
  const to = join(await realPath(out), "ticks");
  if (!isWithin(to, from) && !isWithin(from, to)) return;
  throw new UsageError(
    `--out ${out} would mix with --in ${input}: name a folder beside it, such as ${input}-compact`,
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.split(sep).includes("..") && !isAbsolute(way);
}

/** With links followed, as far as there is anything. */
async function realPath(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await Deno.realPath(whole);
  } catch (error) {
    const parent = join(whole, "..");
    if (!(error instanceof Deno.errors.NotFound) || parent === whole) throw error;
    return join(await realPath(parent), relative(parent, whole));
  }
}
