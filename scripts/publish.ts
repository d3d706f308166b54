import { join } from "node:path";
import type { Analysis } from "#analytics/analysis.ts";
import { drawChart } from "#analytics/charts/index.ts";
import { toPng } from "#analytics/charts/png.ts";
import { toCsv } from "#analytics/csv.ts";
import type { Engine } from "#analytics/engine.ts";
import type { LoadSummary } from "#analytics/load.ts";
import { renderReport, type ReportSection } from "#analytics/report.ts";
import { runAnalysis } from "#analytics/run.ts";
import { writeWhole } from "./files.ts";
import { type Headline, headline } from "./headline.ts";

/** What to publish of the loaded ticks, and where. */
export interface Publication {
  readonly engine: Engine;
  readonly analyses: readonly Analysis[];
  /** `--param` texts; each analysis takes those that it declares. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly summary: LoadSummary;
  /** Where the ticks came from, for the report. */
  readonly source: string;
  readonly out: string;
  /** Of each chart, in pixels; `null` is as wide, or as high, as the chart likes. */
  readonly size?: { readonly width: number | null; readonly height: number | null };
  readonly signal: AbortSignal;
  readonly onAnalysis?: (done: number) => void;
}

/** What was written for one analysis. */
export interface Published {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly headline: Headline | null;
  readonly csv: string;
  readonly charts: readonly string[];
}

/** Runs the analyses and writes `csv/`, `charts/` and `report.html` into the folder. */
export async function publish(publication: Publication): Promise<Published[]> {
  const { analyses, out, summary, signal } = publication;
  const sections: ReportSection[] = [];
  const published: Published[] = [];
  for (const analysis of analyses) {
    signal.throwIfAborted();
    const { section, written } = await publishAnalysis(analysis, publication);
    sections.push(section);
    published.push(written);
    publication.onAnalysis?.(published.length);
  }
  const report = renderReport({
    title: `Ticklake: ${summary.symbols.join(", ")}`,
    generatedAt: new Date().toISOString(),
    summary: { ...summary, source: publication.source },
    // What found nothing is still told, but not first.
    sections: sections.toSorted((one, other) =>
      Number(one.table.rows === 0) - Number(other.table.rows === 0)
    ),
  });
  await writeWhole(join(out, "report.html"), [report]);
  return published;
}

async function publishAnalysis(analysis: Analysis, publication: Publication) {
  const { engine, parameters: given, out, size } = publication;
  const { name, title, columns } = analysis;
  const own = analysis.parameters.filter((parameter) => parameter.name in given).map(({ name }) => name);
  const { table, parameters } = await runAnalysis(
    engine,
    analysis,
    Object.fromEntries(own.map((name) => [name, given[name]!])),
  );
  const csv = `csv/${name}.csv`;
  await writeWhole(join(out, csv), toCsv(table));
  const drawn = [];
  const charts: string[] = [];
  for (const [index, chart] of analysis.charts.entries()) {
    const options = { width: size?.width ?? undefined, height: size?.height ?? undefined };
    const draw = (theme: "light" | "dark") =>
      drawChart(chart, table, { title, columns }, { ...options, theme });
    const light = await draw("light");
    const path = `charts/${name}${index === 0 ? "" : `-${index + 1}`}`;
    await writeWhole(join(out, `${path}.svg`), [light]);
    await writeWhole(join(out, `${path}.png`), await toPng(light));
    charts.push(`${path}.svg`, `${path}.png`);
    drawn.push({ light, dark: await draw("dark") });
  }
  const section: ReportSection = { analysis, parameters, table, charts: drawn, csvHref: csv };
  const written: Published = {
    name,
    title,
    rows: table.rows,
    headline: headline(analysis, table),
    csv,
    charts,
  };
  return { section, written };
}
