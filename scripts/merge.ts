import { toCsv } from "#analytics/csv.ts";
import { print, runCommand } from "./command.ts";
import { text } from "./flags.ts";
import { writeWhole } from "./files.ts";
import { allTicks, loadChosenTicks, tickFlags } from "./ticks.ts";

await runCommand({
  name: "merge",
  about: "Writes every stored tick to one CSV, once, in the order of time.",
  operands: null,
  flags: { ...tickFlags, out: text("write to this file instead of stdout", "FILE", null) },
  examples: ["deno task merge > ticks.csv", "deno task merge --in out/demo/blobs --out ticks.csv"],
  async run({ flags, signal, logger }) {
    await using ticks = await loadChosenTicks(flags, logger, signal);
    const csv = toCsv(await ticks.engine.run(allTicks));
    if (flags.out !== null) await writeWhole(flags.out, csv);
    else for (const chunk of csv) print(chunk);
    return 0;
  },
});
