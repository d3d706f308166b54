import type { ChartNote } from "#analytics/analysis.ts";
import type { Table } from "#analytics/engine.ts";
import { candles } from "./candles.ts";
import type { Kind } from "./drawing.ts";
import { heatmap } from "./heatmap.ts";
import { histogram } from "./histogram.ts";
import { line } from "./line.ts";
import { panes } from "./panes.ts";
import { scatter } from "./scatter.ts";

/** The kinds of chart, by the name that a `-- chart:` line begins with. */
export const chartKinds: Readonly<Record<string, Kind>> = {
  candles,
  heatmap,
  histogram,
  line,
  panes,
  scatter,
};

/**
 * The kind that a chart asks for, once it is sure that its channels and columns exist.
 *
 * @param title of the chart, for the error
 * @throws {RangeError} when one does not: with those that do.
 */
export function kindOf({ kind: name, channels }: ChartNote, table: Table, title: string): Kind {
  const fail = (problem: string): never => {
    throw new RangeError(`Cannot draw "${title}": ${problem}`);
  };
  const kind = Object.hasOwn(chartKinds, name) ? chartKinds[name] : undefined;
  if (!kind) return fail(`there is no chart "${name}", expected ${Object.keys(chartKinds).join(", ")}`);
  const known = [...kind.required, ...kind.optional];
  const missing = kind.required.find((channel) => !channels[channel]?.length);
  if (missing) fail(`chart ${name} needs ${missing}=column, its channels are ${known.join(", ")}`);
  const further = Object.keys(channels).filter((channel) => !known.includes(channel));
  if (kind.further && further.length === 0) fail(`chart ${name} needs a pane, such as price=close`);
  if (!kind.further && further.length > 0) {
    fail(`chart ${name} has no channel "${further[0]}", expected ${known.join(", ")}`);
  }
  const existing = table.columns.map((column) => column.name);
  for (const [channel, columns] of Object.entries(channels)) {
    const unknown = columns.find((column) => !existing.includes(column));
    if (unknown) fail(`${channel}=${unknown} is no column of its table, which has ${existing.join(", ")}`);
  }
  return kind;
}
