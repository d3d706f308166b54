import type { XAxis } from "./axes.ts";
import type { Group } from "./columns.ts";
import { columnName, columnOf, spoken } from "./columns.ts";
import type { Gap, Plot } from "./drawing.ts";
import type { Course } from "./lines.ts";
import { mostSymbols } from "./small_multiples.ts";

const numbers = new Intl.NumberFormat("en-US");
const threeDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** `30,240 rows`, `1 gap`. */
export function counted(n: number, noun: string): string {
  return `${numbers.format(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** What a chart over time tells about itself: symbols and range, then rows, gaps and marks. */
export function remarksOf(
  plot: Plot,
  axis: XAxis,
  groups: readonly Group[],
  courses: readonly Course[],
): readonly string[] {
  return [scopeOf(groups, axis), rowsRemark(plot, courses), ...gapsRemark(courses), ...marksRemark(plot)];
}

/** What a chart shows, from when to when: `BTC-USD, 2023-03-01 00:00 to 2023-03-21 23:59 UTC`. */
export function scopeOf(groups: readonly Group[], axis: XAxis): string {
  const range = axis.time && axis.from <= axis.to ? utcRange(axis.from, axis.to) : "";
  return [symbolsOf(groups), range].filter((part) => part !== "").join(", ");
}

/** The symbols drawn, and how many there was no room for. */
export function symbolsOf(groups: readonly Group[]): string {
  const names = groups.slice(0, mostSymbols).map((group) => group.symbol);
  const more = groups.length - mostSymbols;
  return [...names, more > 0 ? `${counted(more, "more symbol")} not drawn` : ""]
    .filter((part) => part !== "").join(", ");
}

/** A figure in three digits: `0.0125`, `\u22121.4`. */
export function rounded(value: number): string {
  return threeDigits.format(value).replace("-", "\u2212");
}

function rowsRemark(plot: Plot, courses: readonly Course[]): string {
  const rows = counted(plot.table.rows, "row");
  return courses.some(({ bucket }) => bucket > 0) ? `${rows}, thinned with every high and low kept` : rows;
}

/** How many gaps there are, if any. */
export function gapsRemark(parts: readonly { readonly gaps: readonly Gap[] }[]): readonly string[] {
  const gaps = parts.reduce((sum, part) => sum + part.gaps.length, 0);
  return gaps === 0 ? [] : [`${counted(gaps, "gap")} without data shaded`];
}

function marksRemark(plot: Plot): readonly string[] {
  const name = columnName(plot, "mark");
  if (name === undefined) return [];
  const flags = columnOf(plot.table, name).values;
  let marked = 0;
  for (let row = 0; row < plot.table.rows; row++) if (flags[row] === true) marked++;
  return [`${numbers.format(marked)} marked: ${spoken(name)}`];
}

/** `3 h`, `15 min`: the longest unit that it is a whole number of. */
export function duration(ms: number): string {
  const units = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [1000, "s"]] as const;
  const [length, unit] = units.find(([length]) => ms % length === 0) ?? [1, "ms"];
  return `${numbers.format(ms / length)} ${unit}`;
}

/** The day is said once where it stays the same. */
function utcRange(from: number, to: number): string {
  const [start, end] = [minuteOf(from), minuteOf(to)];
  if (start === end) return `${start} UTC`;
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start} to ${sameDay ? end.slice(11) : end} UTC`;
}

function minuteOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}
