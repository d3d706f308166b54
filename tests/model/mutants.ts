import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryFolder } from "#scripts/files.ts";
import type { Code } from "#tests/model/world.ts";

/** A way to get the real code wrong: a text of it, and what stands there instead. */
export interface Mutant {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

/** Each was found, in the field or by thinking, to lose events. */
export const mutants: readonly Mutant[] = [
  {
    title: "a name states only the first event",
    file: "store/names.ts",
    text: "${pad(range.first)}-${pad(range.last)}-${hash}.ndjson",
    instead: "${pad(range.first)}.ndjson",
  },
  {
    title: "the checkpoint moves before the put",
    file: "hub/intake.ts",
    text: "    busy = true;\n",
    instead: "    busy = true;\n    await options.checkpoint(last).catch(() => {});\n",
  },
  {
    title: "a failed put is taken for success",
    file: "hub/intake.ts",
    text: `log("receive.retry", { partition, first, last, attempt, error: String(error) });`,
    instead: "return true;",
  },
  {
    title: "no mutex: batches of a partition overtake each other",
    file: "hub/intake.ts",
    text: "tail = tail.then(work)",
    instead: "tail = work()",
  },
  {
    title: "a batch that was given up is checkpointed over",
    file: "hub/intake.ts",
    text: "if (!stored) ended = true;",
    instead: "if (!stored) return;",
  },
  {
    title: "what can't be decoded is left out",
    file: "receive.ts",
    text: `["ticks", "rejects"];`,
    instead: `["ticks"];`,
  },
];

/** Loads the pipeline's code with a mutation in it, from a copy that is gone when this is disposed of. */
export async function mutated({ title, file, text, instead }: Mutant): Promise<Code & AsyncDisposable> {
  const folder = await temporaryFolder();
  const pipeline = new URL("../../pipeline/", import.meta.url);
  for (
    const part of ["hub/hub.ts", "hub/intake.ts", "hub/pause.ts", "store/names.ts", "tick.ts", "receive.ts"]
  ) {
    let code = await Deno.readTextFile(fileURLToPath(new URL(part, pipeline)));
    if (part === file) {
      if (!code.includes(text)) throw new Error(`Mutant "${title}": pipeline/${file} no longer has ${text}`);
      code = code.replace(text, () => instead);
    }
    const path = join(folder.path, part);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, code);
  }
  const load = (part: string) => import(pathToFileURL(join(folder.path, part)).href);
  const { partitionIntake } = await load("hub/intake.ts");
  const { planBlobs } = await load("receive.ts");
  return { partitionIntake, planBlobs, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
}
