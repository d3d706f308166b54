import { join } from "node:path";
import { readAnalyses } from "#analytics/catalog.ts";
import type { Engine, Table } from "#analytics/engine.ts";
import { exporters, type Format } from "#analytics/export/index.ts";
import { runAnalysis } from "#analytics/run.ts";
import { type Given, print, runCommand, UsageError } from "./command.ts";
import { writeWhole } from "./files.ts";
import { assignments, oneOf, text } from "./flags.ts";
import { allTicks, loadChosenTicks, tickFlags } from "./ticks.ts";

const exportFlags = {
  format: oneOf("the file's format", Object.keys(exporters) as Format[], "csv"),
  ...tickFlags,
  param: assignments("a parameter of the analysis"),
  out: text("the file to write [out/NAME.FORMAT]", "FILE", null),
};

await runCommand({
  name: "export",
  about: "Writes ticks, bars or the result of any analysis to a file: CSV, NDJSON, Parquet or Excel.",
  operands: { name: "NAME", about: "ticks, or an analysis of `deno task analyze --list` [ticks]" },
  flags: exportFlags,
  examples: [
    "deno task export --format parquet",
    "deno task export bars --param step='5 minutes' --format xlsx --out bars.xlsx",
  ],
  run,
});

async function run({ flags, operands, signal, logger }: Given<typeof exportFlags>): Promise<number> {
  const [name = "ticks", ...more] = operands;
  if (more.length > 0) throw new UsageError(`one NAME at a time, got ${operands.join(" ")}`);
  const produce = await producer(name, flags.param);
  await using ticks = await loadChosenTicks(flags, logger, signal);
  const table = await produce(ticks.engine);
  const path = flags.out ?? join("out", `${name}.${flags.format}`);
  await writeWhole(path, await exporters[flags.format](table));
  print(`${table.rows} rows in ${path}`);
  return 0;
}

/** What makes the table of that name, found out before anything is loaded. */
async function producer(
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<(engine: Engine) => Promise<Table>> {
  if (name === "ticks") {
    const [given] = Object.keys(parameters);
    if (given !== undefined) throw new UsageError(`--param ${given}: ticks have no parameters`);
    return (engine) => engine.run(allTicks);
  }
  const analyses = await readAnalyses();
  const analysis = analyses.find((each) => each.name === name);
  if (analysis === undefined) {
    throw new UsageError(`unknown "${name}", expected ticks, ${analyses.map(({ name }) => name).join(", ")}`);
  }
  return async (engine) => (await runAnalysis(engine, analysis, parameters)).table;
}
