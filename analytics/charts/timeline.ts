import { xAxis } from "./axes.ts";
import { bySymbol } from "./columns.ts";
import type { Drawing, Pane, Plot } from "./drawing.ts";
import { type Course, course } from "./lines.ts";
import { amongSymbols, mostSymbols } from "./small_multiples.ts";
import { remarksOf } from "./words.ts";

/**
 * Panes of lines over one x axis, for every symbol.
 *
 * @param lines how many lines the panes of one symbol have
 */
export function timeline(plot: Plot, lines: number, panesOf: (along: Course) => readonly Pane[]): Drawing {
  const axis = xAxis(plot);
  const groups = bySymbol(plot.table, axis.values);
  const shown = groups.slice(0, mostSymbols);
  const courses = shown.map((group) => course(plot, axis, group, lines * shown.length));
  const panes = courses.flatMap((along) => amongSymbols(panesOf(along), along.group, groups.length));
  // Vega has no scale for a pane without a value, so the pane is named instead.
  const [drawn = [], empty = []] = [true, false].map((wanted) =>
    panes.filter((pane) => hasValues(pane) === wanted)
  );
  const missing = empty.map(({ title }) => `no values: ${title}`);
  return { panes: drawn, remarks: [...remarksOf(plot, axis, groups, courses), ...missing] };
}

function hasValues({ layers }: Pane): boolean {
  return layers.some(({ data }) => data.values.length > 0);
}
