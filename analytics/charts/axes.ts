import { columnOf, extentOf, numbersOf, spoken, titleOf } from "./columns.ts";
import type { Plot, Spec } from "./drawing.ts";
import type { Theme } from "./theme.ts";

/** An x axis that all panes share, in milliseconds since the epoch when it is a time. */
export interface XAxis {
  readonly values: Float64Array;
  readonly time: boolean;
  readonly from: number;
  readonly to: number;
  /** Vega-lite encoding of the field `x`. */
  readonly encoding: Spec;
}

/**
 * The x axis of a chart over time or over a number.
 *
 * @param range another one than the values themselves have
 * @throws {TypeError} when the column holds text.
 */
export function xAxis(plot: Plot, range?: { readonly from: number; readonly to: number }): XAxis {
  const [name = ""] = plot.channels.x ?? [];
  const time = columnOf(plot.table, name).type === "timestamp";
  const values = numbersOf(plot.table, name);
  const { from, to } = range ?? extentOf(values);
  const title = time ? `${spoken(name)} (UTC)` : titleOf(spoken(name), [name], plot.notes);
  return { values, time, from, to, encoding: encodingOf(title, time, ...room(from, to, time)) };
}

function encodingOf(title: string, time: boolean, from: number, to: number): Spec {
  if (!time) {
    const scale = { domain: [from, to], nice: false, zero: false, padding: 0 };
    return { field: "x", type: "quantitative", scale, axis: { title, tickCount: 8 } };
  }
  const scale = { type: "utc", domain: [{ expr: `${from}` }, { expr: `${to}` }], nice: false, padding: 0 };
  return { field: "x", type: "temporal", scale, axis: { title, tickCount: 8, format: timeFormats } };
}

/** A single point stands in the middle of an axis that has a width. */
function room(from: number, to: number, time: boolean): [number, number] {
  if (from < to) return [from, to];
  const half = time ? 60_000 : 0.5;
  return Number.isFinite(from) ? [from - half, to + half] : [-half, half];
}

/** What a y axis may be told. */
export interface YAxisOptions {
  /** Whether the axis begins at zero, as that of a quantity that is drawn as bars must. */
  readonly zero?: boolean;
  readonly ticks?: number;
  /** Pixels that stay free beyond the data, for what is written there. */
  readonly free?: number;
  /** Everything there is to show; when it is all the same, the axis gets a width around it. */
  readonly values?: Iterable<number>;
}

/** A y axis of numbers over the field `y`; its zero stands out. */
export function yAxis(theme: Theme, options: YAxisOptions = {}): Spec {
  const { zero = false, ticks = 5, free = 0, values } = options;
  return {
    field: "y",
    type: "quantitative",
    scale: { zero, nice: true, padding: free, ...(values ? roomFor(values) : {}) },
    axis: {
      title: null,
      tickCount: ticks,
      // Longer words than `-1,000,000` find no room in the margin.
      labelExpr: "abs(datum.value) < 1e6 ? datum.label : format(datum.value, '.4~s')",
      gridColor: { condition: { test: "datum.value === 0", value: theme.muted }, value: theme.grid },
    },
  };
}

function roomFor(values: Iterable<number>): Spec {
  const { from, to } = extentOf(values);
  const half = Math.abs(from) / 100 || 1;
  return from === to ? { domain: [from - half, to + half] } : {};
}

/** Ticks say what changes at their own level, on a 24-hour clock. */
const timeFormats = {
  year: "%Y",
  quarter: "%b %Y",
  month: "%b %Y",
  week: "%-d %b",
  date: "%-d %b",
  day: "%-d %b",
  hours: "%H:%M",
  minutes: "%H:%M",
  seconds: "%H:%M:%S",
  milliseconds: "%H:%M:%S.%L",
};
