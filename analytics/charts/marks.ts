import { at, columnOf, numbersOf } from "./columns.ts";
import type { Layer, Plot } from "./drawing.ts";
import { keepExtremes } from "./extremes.ts";
import type { Course, LineColumns } from "./lines.ts";
import { rounded } from "./words.ts";

/** How many scores are written out, and how far apart they stand, in pixels, so that none covers another. */
const written = { most: 6, apart: 48 } as const;

/** Rings around the marked rows of a column, sized by their score, and the greatest scores in figures. */
export function markLayers(plot: Plot, along: Course, y: string, columns: LineColumns): readonly Layer[] {
  const { mark, score } = columns;
  if (mark === undefined) return [];
  const flags = columnOf(plot.table, mark).values;
  const marked = along.group.rows.filter((row) => flags[row] === true);
  const [ys, xs] = [numbersOf(plot.table, y), along.axis.values];
  // Rings are wider than lines: more of them would only cover each other.
  const seen = keepExtremes(marked, xs, ys, 3 * along.bucket);
  if (score === undefined) return [rings(plot, seen.map((row) => ({ x: at(xs, row), y: at(ys, row) })))];
  const scores = numbersOf(plot.table, score);
  const worst = mostExtreme(plot, along, marked, scores);
  const points = [...new Set([...seen, ...worst])].map((row) => pointOf(row, xs, ys, scores));
  return [rings(plot, points), ...figures(plot, worst.map((row) => pointOf(row, xs, ys, scores)))];
}

interface Marked {
  readonly x: number;
  readonly y: number;
  readonly score?: number;
  /** How far the score is from zero. */
  readonly size?: number;
}

function pointOf(row: number, xs: Float64Array, ys: Float64Array, scores: Float64Array): Marked {
  const score = at(scores, row);
  return { x: at(xs, row), y: at(ys, row), score, size: Math.abs(score) };
}

function rings(plot: Plot, points: readonly Marked[]): Layer {
  const crowded = points.length > 120;
  const look = {
    type: "point",
    color: plot.theme.mark,
    strokeWidth: crowded ? 1 : 1.6,
    filled: false,
    opacity: 1,
  };
  if (points.every(({ size }) => size === undefined)) {
    return { data: { values: points }, mark: { ...look, size: crowded ? 14 : 45 } };
  }
  const scale = { zero: false, range: crowded ? [10, 60] : [30, 150] };
  return {
    data: { values: points },
    mark: look,
    encoding: { size: { field: "size", type: "quantitative", scale } },
  };
}

/** Scores in figures, on a ground of their own where they cross a line. */
function figures({ theme }: Plot, points: readonly Marked[]): readonly Layer[] {
  const data = { values: points.map((point) => ({ ...point, text: rounded(point.score ?? NaN) })) };
  const look = { type: "text", fontSize: 11, fontWeight: 600, dy: -13 };
  const encoding = { text: { field: "text" } };
  return [
    { data, mark: { ...look, color: theme.background, stroke: theme.background, strokeWidth: 4 }, encoding },
    { data, mark: { ...look, color: theme.mark }, encoding },
  ];
}

/** The rows with the scores farthest from zero that leave each other room. */
function mostExtreme(
  plot: Plot,
  along: Course,
  marked: Uint32Array,
  scores: Float64Array,
): readonly number[] {
  const { axis, bucket } = along;
  const apart = (written.apart * (axis.to - axis.from)) / plot.width;
  const byScore = [...keepExtremes(marked, axis.values, scores, bucket)]
    .sort((a, b) => Math.abs(at(scores, b)) - Math.abs(at(scores, a)) || a - b);
  const chosen: number[] = [];
  for (const row of byScore) {
    if (chosen.length === written.most) break;
    const x = at(axis.values, row);
    if (chosen.every((other) => Math.abs(at(axis.values, other) - x) >= apart)) chosen.push(row);
  }
  return chosen;
}
