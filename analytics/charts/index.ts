import type { ChartNote, ColumnNote } from "#analytics/analysis.ts";
import type { Table } from "#analytics/engine.ts";
import { candles } from "./candles.ts";
import { columnOf } from "./columns.ts";
import type { Drawing, Kind } from "./drawing.ts";
import { frame, margin } from "./frame.ts";
import { line } from "./line.ts";
import { noData } from "./no_data.ts";
import { render } from "./render.ts";
import { type ThemeName, themes } from "./theme.ts";

/** The kinds of chart, by the name that a `-- chart:` line begins with. */
export const chartKinds: Readonly<Record<string, Kind>> = { candles, line };

/** What a chart says about itself. */
export interface ChartAbout {
  readonly title: string;
  /** Units for the axes. */
  readonly columns: readonly ColumnNote[];
}

/** Of a picture, in pixels. */
export interface ChartOptions {
  /** 960 unless told. */
  readonly width?: number;
  /** As high as the chart needs unless told. */
  readonly height?: number;
  readonly theme: ThemeName;
}

/**
 * Draws a result as a standalone SVG: the same table gives the same bytes. A table without rows gives a picture that
 * says so.
 *
 * @throws {RangeError} for a kind, channel or column that there is not: with the ones there are.
 * @throws {TypeError} for a column of text where numbers are needed.
 */
export async function drawChart(
  chart: ChartNote,
  table: Table,
  about: ChartAbout,
  options: ChartOptions,
): Promise<string> {
  const kind = kindOf(chart, table, about.title);
  const theme = themes[options.theme];
  const size = { width: options.width ?? 960, height: options.height };
  const width = size.width - margin.left - margin.right;
  const plot = { table, channels: chart.channels, notes: about.columns, theme, width };
  const drawn = table.rows === 0 ? undefined : kind.draw(plot);
  const drawing = drawn && showsSomething(drawn) ? drawn : noData(theme);
  return await render(frame(drawing, about.title, size, theme), {
    title: about.title,
    description: describe(chart, drawing),
  });
}

function showsSomething({ panes }: Drawing): boolean {
  return panes.some(({ layers }) => layers.some(({ data }) => data.values.length > 0));
}

/** For readers who can't see the picture. */
function describe({ kind, channels }: ChartNote, { remarks }: Drawing): string {
  const columns = Object.entries(channels).map(([channel, names]) => `${channel}: ${names.join(", ")}`);
  return `Chart (${kind}) of ${columns.join("; ")}. ${remarks.filter((remark) => remark !== "").join(". ")}.`;
}

function kindOf({ kind: name, channels }: ChartNote, table: Table, title: string): Kind {
  const kind = Object.hasOwn(chartKinds, name) ? chartKinds[name] : undefined;
  const fail = (problem: string, cause?: unknown): never => {
    throw new RangeError(`Cannot draw "${title}": ${problem}`, { cause });
  };
  if (!kind) {
    return fail(`no kind of chart is called "${name}", there are: ${Object.keys(chartKinds).join(", ")}`);
  }
  const known = [...kind.required, ...kind.optional];
  const missing = kind.required.find((channel) => !channels[channel]?.length);
  if (missing) fail(`${name} needs ${missing}=column, its channels are: ${known.join(", ")}`);
  for (const [channel, names] of Object.entries(channels)) {
    if (!known.includes(channel)) fail(`${name} has no channel "${channel}", there are: ${known.join(", ")}`);
    for (const column of names) {
      try {
        columnOf(table, column);
      } catch (cause) {
        fail(`${channel}=${column}: ${(cause as Error).message}`, cause);
      }
    }
  }
  return kind;
}
