import { yAxis } from "./axes.ts";
import { type Bins, binsFor, countIn } from "./bins.ts";
import { at, columnName, extentOf, numbersOf, rowsBySymbol, spoken, titleOf } from "./columns.ts";
import type { Drawing, Kind, Pane, Plot } from "./drawing.ts";
import { amongSymbols, mostSymbols } from "./small_multiples.ts";
import { counted, rounded, symbolsOf } from "./words.ts";

/** `histogram x=rate_of_change_pct`: how often the values of a column come, a pane a symbol. */
export const histogram: Kind = { required: ["x"], optional: [], draw };

function draw(plot: Plot): Drawing {
  const name = columnName(plot, "x") ?? "";
  const all = numbersOf(plot.table, name);
  const groups = rowsBySymbol(plot.table, all);
  const finite = all.filter(Number.isFinite);
  if (finite.length === 0) return { panes: [], remarks: [] };
  const bins = binsFor(finite);
  const { from, to } = extentOf(finite);
  return {
    panes: groups.slice(0, mostSymbols).flatMap((group) => {
      const values = Float64Array.from(group.rows, (row) => at(all, row));
      return amongSymbols([paneOf(plot, name, bins, values)], group, groups.length);
    }),
    remarks: [
      symbolsOf(groups),
      `${counted(finite.length, "value")} from ${rounded(from)} to ${rounded(to)}, in bins of ${
        rounded(bins.width)
      }`,
    ],
  };
}

function paneOf({ theme, notes }: Plot, name: string, bins: Bins, values: Float64Array): Pane {
  const { start, width, count } = bins;
  const bars = Array.from(
    countIn(bins, values),
    (y, i) => ({ x: start + i * width, to: start + (i + 1) * width, y, y2: 0 }),
  );
  const scale = { domain: [start, start + count * width], nice: false, zero: false };
  return {
    title: "how many",
    height: 330,
    x: {
      field: "x",
      type: "quantitative",
      scale,
      axis: { title: titleOf(spoken(name), [name], notes), tickCount: 8 },
    },
    y: yAxis(theme, { zero: true }),
    layers: [{
      data: { values: bars.filter(({ y }) => y > 0) },
      // The outline keeps a bin in sight that holds a single value among thousands.
      mark: { type: "rect", color: theme.up, fillOpacity: 0.75, stroke: theme.up, strokeWidth: 1 },
      encoding: { x2: { field: "to" }, y2: { field: "y2" } },
    }],
    legend: [],
    gaps: [],
  };
}
