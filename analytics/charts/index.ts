import type { ChartNote, ColumnNote } from "#analytics/analysis.ts";
import type { Table } from "#analytics/engine.ts";
import { spoken } from "./columns.ts";
import type { Drawing } from "./drawing.ts";
import { frame, margin } from "./frame.ts";
import { kindOf } from "./kinds.ts";
import { noData } from "./no_data.ts";
import { render } from "./render.ts";
import { type ThemeName, themes } from "./theme.ts";

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
  const shown = Object.entries(channels).filter(([channel]) => channel !== "x").flatMap(([, names]) => names);
  const columns = (shown.length > 0 ? shown : channels.x ?? []).map(spoken).join(", ");
  return [`Chart (${kind}) of ${columns}`, ...remarks].filter((part) => part !== "").join(". ") + ".";
}
