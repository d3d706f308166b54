import { type XAxis, yAxis } from "./axes.ts";
import { at, type Group, numbersOf, spoken, titleOf } from "./columns.ts";
import type { Gap, Layer, LegendEntry, Pane, Plot } from "./drawing.ts";
import { keepExtremes } from "./extremes.ts";
import { gapsIn, longestStep } from "./gaps.ts";
import { markLayers } from "./marks.ts";
import { seriesColour, type Theme } from "./theme.ts";

/** Columns that one pane of lines shows. */
export interface LineColumns {
  readonly y: readonly string[];
  /** Lower and upper edge of a band. */
  readonly band?: readonly string[];
  /** A boolean column: its true rows get a ring on the first line. */
  readonly mark?: string;
  /** A number that the rings are sized by, larger farther from zero; the farthest are written beside them. */
  readonly score?: string;
  /** What the pane is called; the line's own name unless told. */
  readonly title?: string;
  /** Whether the lines step back behind the marks. */
  readonly quiet?: boolean;
}

/** The rows of one symbol on an axis, and what is too fine or too far apart to be drawn as it is. */
export interface Course {
  readonly group: Group;
  readonly axis: XAxis;
  /** Width of a downsampling bucket in the unit of x; 0 when every row is drawn. */
  readonly bucket: number;
  /** The longest step that a line goes on over. */
  readonly longest: number;
  readonly gaps: readonly Gap[];
}

/**
 * Plans how a symbol's rows are drawn.
 *
 * @param lines how many the whole picture has: the more there are, the wider a bucket, so that a picture of many is not
 * many times as large. Of one or two a bucket is two pixels wide, of six and more six.
 */
export function course(plot: Plot, axis: XAxis, group: Group, lines: number): Course {
  const bucketPixels = Math.min(Math.max(lines, 2), 6);
  const width = (bucketPixels * (axis.to - axis.from)) / plot.width;
  const longest = axis.time ? longestStep(group.rows, axis.values, 2 * width) : Infinity;
  return {
    group,
    axis,
    bucket: group.rows.length > 2 * plot.width ? width : 0,
    longest,
    gaps: gapsIn(group.rows, axis.values, longest),
  };
}

/** Lines, a band behind them and marked points before them. */
export function linePane(plot: Plot, along: Course, given: LineColumns, height: number): Pane {
  const { theme } = plot;
  // A source may know prices in one currency only: what has no value at all is not shown, in the legend neither.
  const y = given.y.filter((name) => numbersOf(plot.table, name).some(Number.isFinite));
  const columns = { ...given, y };
  const [first = "", ...others] = columns.y;
  const band = columns.band ? [bandLayer(plot, along, columns.band)] : [];
  const lines = columns.y.flatMap((name, i) => lineLayers(plot, along, name, strokeOf(i, columns, theme)));
  const marks = markLayers(plot, along, first, columns);
  const what = columns.title ?? (others.length > 0 ? "" : spoken(first));
  const layers = [...band, ...lines, ...marks];
  return {
    title: titleOf(what, [...columns.y, ...(columns.band ?? [])], plot.notes, along.group.symbol),
    height,
    x: along.axis.encoding,
    y: yAxis(theme, {
      free: columns.score ? 24 : 4,
      values: layers.flatMap(({ data }) => (data.values as Point[]).flatMap(({ y, y2 = y }) => [y, y2])),
    }),
    layers,
    legend: legendOf(columns, theme),
    gaps: along.gaps,
  };
}

function legendOf(columns: LineColumns, theme: Theme): readonly LegendEntry[] {
  const lines = columns.y.map((name, i) => (
    { label: spoken(name), colour: strokeOf(i, columns, theme).colour, shape: "line" } as const
  ));
  const band = columns.band
    ? [{ label: columns.band.map(spoken).join(" to "), colour: theme.muted, shape: "area" } as const]
    : [];
  const marks = columns.mark === undefined
    ? []
    : [{ label: spoken(columns.mark).replace(/^is /, ""), colour: theme.mark, shape: "dot" } as const];
  return [...lines, ...band, ...marks];
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** The upper edge of a band. */
  readonly y2?: number;
  /** Counts the gaps before it: a line goes on within one stretch only. */
  readonly stretch: number;
}

interface Stroke {
  readonly colour: string;
  /** In pixels. */
  readonly width: number;
}

function strokeOf(index: number, { quiet = false }: LineColumns, theme: Theme): Stroke {
  if (quiet) return { colour: theme.muted, width: 1 };
  // The first line stays visible behind another that follows it closely.
  return { colour: seriesColour(theme, index), width: index === 0 ? 1.8 : 1.2 };
}

function lineLayers(plot: Plot, along: Course, name: string, { colour, width }: Stroke): readonly Layer[] {
  const y = numbersOf(plot.table, name);
  const rows = keepExtremes(along.group.rows, along.axis.values, y, along.bucket);
  const points = stretches(rows, along, y);
  const line = {
    data: { values: points },
    mark: { type: "line", color: colour, strokeWidth: width, strokeJoin: "round" },
    encoding: { detail: { field: "stretch" } },
  };
  // A point between two gaps has no line to be seen by.
  const lonely = points.filter(({ stretch }, i) =>
    points[i - 1]?.stretch !== stretch && points[i + 1]?.stretch !== stretch
  );
  const dots = { data: { values: lonely }, mark: { type: "circle", color: colour, size: 18, opacity: 1 } };
  return lonely.length > 0 ? [line, dots] : [line];
}

function stretches(rows: readonly number[], { axis, longest }: Course, y: Float64Array): readonly Point[] {
  let stretch = 0;
  return rows.map((row, i) => {
    const x = at(axis.values, row);
    if (i > 0 && x - at(axis.values, rows[i - 1]) > longest) stretch++;
    return { x, y: at(y, row), stretch };
  });
}

function bandLayer(plot: Plot, along: Course, band: readonly string[]): Layer {
  const [lower, upper] = band.map((name) => numbersOf(plot.table, name));
  if (!lower || !upper) {
    throw new RangeError(`Cannot draw band=${band.join(",")}: it needs two columns, lower,upper`);
  }
  const { values } = along.axis;
  const extremes = [lower, upper].flatMap((edge) =>
    keepExtremes(along.group.rows, values, edge, along.bucket)
  );
  const rows = [...new Set(extremes)]
    .filter((row) => Number.isFinite(at(lower, row)) && Number.isFinite(at(upper, row)))
    .sort((a, b) => at(values, a) - at(values, b) || a - b);
  const points = stretches(rows, along, lower).map((point, i) => ({ ...point, y2: at(upper, rows[i]) }));
  return {
    data: { values: points },
    mark: { type: "area", color: plot.theme.muted, opacity: 0.2 },
    encoding: { y2: { field: "y2" }, detail: { field: "stretch" } },
  };
}
