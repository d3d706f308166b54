import { join } from "node:path";
import type { Analysis } from "#analytics/analysis.ts";
import { readAnalyses } from "#analytics/catalog.ts";
import { type Given, print, runCommand, UsageError } from "./command.ts";
import { assignments, integer, text, toggle } from "./flags.ts";
import { headlineTable } from "./headline.ts";
import { publish } from "./publish.ts";
import { loadChosenTicks, tickFlags } from "./ticks.ts";

const analyzeFlags = {
  ...tickFlags,
  param: assignments("a parameter of an analysis, see --list"),
  width: integer("of the charts, in pixels [960]", null, { min: 320, max: 4_000 }),
  height: integer("of the charts, in pixels [as high as each needs]", null, { min: 200, max: 4_000 }),
  out: text("folder for csv/, charts/ and report.html", "FOLDER", "out"),
  list: toggle("show the analyses and their parameters"),
  json: toggle("print JSON for programs"),
};

await runCommand({
  name: "analyze",
  about: "Runs the analyses of sql/analyses over the stored ticks: CSV, charts and a report.",
  operands: { name: "NAME...", about: "only these analyses" },
  flags: analyzeFlags,
  examples: [
    "deno task analyze",
    "deno task analyze moving_average --param periods=20 --from 2026-05-01 --to 2026-05-02",
    "deno task analyze --in out/demo/blobs --json",
  ],
  run,
});

async function run({ flags, operands, signal, logger }: Given<typeof analyzeFlags>): Promise<number> {
  const analyses = choose(await readAnalyses(), operands);
  if (flags.list) {
    print(flags.json ? JSON.stringify(analyses.map(listed), null, 2) : listText(analyses));
    return 0;
  }
  for (const name of Object.keys(flags.param)) {
    if (!analyses.some(({ parameters }) => parameters.some((parameter) => parameter.name === name))) {
      throw new UsageError(
        `--param ${name} is no parameter of ${analyses.map(({ name }) => name).join(", ")}`,
      );
    }
  }
  await using ticks = await loadChosenTicks(flags, logger, signal);
  const { engine, summary, source } = ticks;
  const { out, param: parameters } = flags;
  const progress = logger.progress("analyze", analyses.length);
  const onAnalysis = progress.update;
  const size = { width: flags.width, height: flags.height };
  const published = await publish({
    engine,
    analyses,
    parameters,
    summary,
    source,
    out,
    size,
    signal,
    onAnalysis,
  });
  progress.stop();
  const report = join(out, "report.html");
  if (flags.json) {
    print(JSON.stringify({ source, summary, analyses: published, out, report }, null, 2));
    return 0;
  }
  const { lines, refused, redelivered, repeated } = summary;
  print([
    `${summary.ticks} ticks of ${summary.symbols.join(", ")} from ${summary.from} to ${summary.to}`,
    `${lines} lines in ${summary.blobs} blobs: ${refused} refused, ${redelivered} redelivered, ${repeated} repeated`,
    headlineTable(published),
    `Report: ${report}`,
  ].join("\n"));
  return 0;
}

function choose(all: readonly Analysis[], names: readonly string[]): readonly Analysis[] {
  const unknown = names.find((name) => !all.some((analysis) => analysis.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`unknown analysis "${unknown}", expected ${all.map(({ name }) => name).join(", ")}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function listed({ name, title, about, parameters, columns }: Analysis) {
  return { name, title, about, parameters, columns };
}

function listText(analyses: readonly Analysis[]): string {
  return analyses.map(({ name, title, about, parameters }) => {
    const lines = parameters.map(({ name, type, default: fallback, about }) =>
      `    --param ${name}=${fallback}  ${type}, ${about}`
    );
    return [`${name}  ${title}`, `  ${about}`, ...lines].join("\n");
  }).join("\n\n");
}
