import { join } from "node:path";
import { cpus, totalmem } from "node:os";
import { print, runCommand, UsageError } from "#scripts/command.ts";
import { writeWhole } from "#scripts/files.ts";
import { integer, someOf, text } from "#scripts/flags.ts";
import { type Campaign, campaigns } from "#tests/faults/campaigns.ts";
import type { Outcome } from "#tests/faults/outcome.ts";
import { reliabilityPage } from "#tests/faults/report.ts";

type Name = keyof typeof campaigns;
const names = Object.keys(campaigns) as Name[];

await runCommand({
  name: "faults",
  about: "Kills, cuts and starves receivers on this machine, and writes down what was survived.",
  operands: null,
  flags: {
    only: someOf("run only these", ["all", ...names], "all"),
    ...Object.fromEntries(
      names.map((name) => [name, integer(campaigns[name].about, campaigns[name].count, { min: 1 })]),
    ) as Record<Name, ReturnType<typeof integer<number>>>,
    seed: integer("repeats the choices of a run [a new one each time]", null, { max: 2 ** 31 - 1 }),
    out: text("folder for what each came to; a later run takes up what is there", "FOLDER", "out/faults"),
    note: text("what else the page should say of the machine", "TEXT", null),
    page: text("write the page here", "FILE", "docs/reliability.md"),
  },
  examples: ["deno task faults", "deno task faults --only kills,terms --kills 100 --seed 7"],
  async run({ flags, signal, logger }) {
    const all = flags.only.includes("all");
    if (all && flags.only.length > 1) throw new UsageError("--only names campaigns, or all of them");
    const seed = flags.seed ?? Date.now() % 1_000_000;
    for (const name of names.filter((name) => all || flags.only.includes(name))) {
      if (signal.aborted) break;
      const campaign: Campaign = campaigns[name];
      logger.log("faults.started", { campaign: name, count: flags[name], seed });
      const progress = logger.progress(name, flags[name]);
      const onProgress = (done: number) => progress.update(done);
      const came = await campaign.run({ seed, count: flags[name], signal, onProgress });
      progress.stop();
      logger.log("faults.ended", { campaign: name, ...came });
      await writeWhole(join(flags.out, `${name}.json`), [JSON.stringify(came, null, 2)]);
    }
    const outcomes = await readOutcomes(flags.out);
    const where = [machine(), ...(flags.note === null ? [] : [flags.note])].join("; ");
    await writeWhole(flags.page, [reliabilityPage(outcomes, where)]);
    print(
      outcomes.map(({ title, shortfalls }) => `${title}: ${shortfalls.join("; ") || "survived"}`).join("\n"),
    );
    return outcomes.every(({ shortfalls }) => shortfalls.length === 0) ? 0 : 1;
  },
});

/** What this run and earlier ones came to. */
async function readOutcomes(folder: string): Promise<Outcome[]> {
  const read = await Promise.all(names.map(async (name) => {
    try {
      return JSON.parse(await Deno.readTextFile(join(folder, `${name}.json`))) as Outcome;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }));
  return read.filter((one) => one !== null);
}

function machine(): string {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gibibytes} GiB, ${Deno.build.os}, Deno ${Deno.version.deno}`;
}
