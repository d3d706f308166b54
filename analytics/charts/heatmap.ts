import { at, columnName, columnOf, extentOf, numbersOf, rowsBySymbol, spoken, titleOf } from "./columns.ts";
import type { Drawing, Kind, LegendEntry, Pane, Plot, Spec } from "./drawing.ts";
import { amongSymbols, mostSymbols } from "./small_multiples.ts";
import type { Theme } from "./theme.ts";
import { counted, rounded, symbolsOf } from "./words.ts";

/** `heatmap x=hour y=weekday color=mean_change_pct`: a cell a row, a pane a symbol. */
export const heatmap: Kind = { required: ["x", "y", "color"], optional: [], draw };

function draw(plot: Plot): Drawing {
  const values = numbersOf(plot.table, columnName(plot, "color") ?? "");
  const groups = rowsBySymbol(plot.table, values);
  const panes = groups.slice(0, mostSymbols).flatMap((group) =>
    amongSymbols([paneOf(plot, values, group.rows, group.symbol)], group, groups.length)
  );
  return { panes, remarks: [symbolsOf(groups), counted(plot.table.rows, "cell")] };
}

function paneOf(plot: Plot, values: Float64Array, rows: Uint32Array, symbol: string): Pane {
  const [x = "", y = "", color = ""] = ["x", "y", "color"].map((channel) => columnName(plot, channel));
  const [xs, ys] = [categoriesOf(plot, x), categoriesOf(plot, y)];
  const cells = Array.from(rows, (row) => ({ x: xs.at(row), y: ys.at(row), value: at(values, row) }));
  const stops = rampOf(cells.map(({ value }) => value), plot.theme);
  const scale = {
    domain: stops.map(({ value }) => value),
    range: stops.map(({ colour }) => colour),
    interpolate: "rgb",
  };
  return {
    title: `${titleOf(spoken(color), [color], plot.notes, symbol)}, by ${spoken(y)}`,
    height: 32 * ys.names.length,
    x: ordinal("x", xs.names, titleOf(spoken(x), [x], plot.notes)),
    y: ordinal("y", ys.names, null),
    layers: [{
      data: { values: cells },
      mark: { type: "rect" },
      encoding: { color: { field: "value", type: "quantitative", scale } },
    }],
    legend: stops.map(({ value, colour }): LegendEntry => ({ label: rounded(value), colour, shape: "box" })),
    gaps: [],
  };
}

/** The values of a column as names in their order: numbers by size, texts as they come, days of the week by name. */
interface Categories {
  readonly names: readonly string[];
  at(row: number): string;
}

const weekdays = ["", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function categoriesOf(plot: Plot, name: string): Categories {
  const { type, values } = columnOf(plot.table, name);
  const nameOf = (value: unknown) =>
    (name === "weekday" ? weekdays[Number(value)] : undefined) ?? String(value);
  const distinct = [...new Set(Array.from(values))];
  if (type !== "text") distinct.sort((a, b) => Number(a) - Number(b));
  return { names: distinct.map(nameOf), at: (row) => nameOf(values[row]) };
}

function ordinal(field: string, names: readonly string[], title: string | null): Spec {
  const axis = { title, labelAngle: 0, domain: false, ticks: false, grid: false };
  return { field, type: "ordinal", scale: { domain: names, paddingInner: 0.06, paddingOuter: 0 }, axis };
}

/** From nothing to the greatest value; where there are values on both sides of zero, evenly to either side of it. */
function rampOf(values: readonly number[], { up, down, neutral }: Theme) {
  const { from: low, to: high } = extentOf(values);
  const far = Math.max(-low, high);
  if (low < 0 && high > 0) {
    return [{ value: -far, colour: down }, { value: 0, colour: neutral }, { value: far, colour: up }];
  }
  const [nearest, farthest] = high <= 0 ? [high, low] : [low, high];
  return [{ value: nearest, colour: neutral }, { value: farthest, colour: high <= 0 ? down : up }];
}
