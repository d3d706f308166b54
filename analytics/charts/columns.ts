import type { ColumnNote } from "#analytics/analysis.ts";
import type { Column, Table } from "#analytics/engine.ts";
import type { Plot } from "./drawing.ts";
import { unitOf } from "./units.ts";

/** The rows of one symbol. */
export interface Group {
  /** Empty when the table has no column `symbol`. */
  readonly symbol: string;
  readonly rows: Uint32Array;
}

/**
 * A column of the table.
 *
 * @throws {RangeError} when there is none of that name: with the ones that exist.
 */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((each) => each.name === name);
  if (column) return column;
  const existing = table.columns.map((each) => each.name).join(", ") || "none";
  throw new RangeError(`Cannot find column "${name}", the table has: ${existing}`);
}

/**
 * A column as numbers; what is no finite number becomes NaN.
 *
 * @throws {TypeError} when the column holds text.
 */
export function numbersOf(table: Table, name: string): Float64Array {
  const { type, values } = columnOf(table, name);
  if (type === "text") throw new TypeError(`Cannot draw column "${name}" as numbers: it is text`);
  if (values instanceof Float64Array) return values;
  const numbers = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const value = values[row];
    numbers[row] = typeof value === "number" && Number.isFinite(value) ? value : NaN;
  }
  return numbers;
}

/** The least and the greatest number; from infinity to minus infinity when there is none. */
export function extentOf(values: Iterable<number>): { readonly from: number; readonly to: number } {
  let [from, to] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < from) from = value;
    if (value > to) to = value;
  }
  return { from, to };
}

/** The rows of every symbol in order of x, symbols in order of their first row. */
export function bySymbol(table: Table, x: Float64Array): readonly Group[] {
  return rowsBySymbol(table, x).map(({ symbol, rows }) => ({ symbol, rows: inOrder(rows, x) }));
}

/** The rows of every symbol as they come, but for those without an x. */
export function rowsBySymbol(table: Table, x: Float64Array): readonly Group[] {
  const symbols = table.columns.find((column) => column.name === "symbol")?.values;
  const rowsOf = new Map<string, number[]>();
  // Most tables are sorted by symbol: the list that the row before went into is most often the right one.
  let [before, rows]: [unknown, number[]] = [undefined, []];
  for (let row = 0; row < table.rows; row++) {
    if (!Number.isFinite(x[row])) continue;
    const symbol = symbols?.[row] ?? "";
    if (symbol !== before) {
      before = symbol;
      rows = rowsOf.get(String(symbol)) ?? [];
      rowsOf.set(String(symbol), rows);
    }
    rows.push(row);
  }
  return Array.from(rowsOf, ([symbol, rows]) => ({ symbol, rows: Uint32Array.from(rows) }));
}

function inOrder(rows: Uint32Array, x: Float64Array): Uint32Array {
  const sorted = rows.every((row, i) => i === 0 || at(x, rows[i - 1]) <= at(x, row));
  return sorted ? rows : rows.sort((a, b) => at(x, a) - at(x, b) || a - b);
}

/** The number in a row; NaN outside of the column. */
export function at(values: Float64Array, row: number | undefined): number {
  return row === undefined ? NaN : values[row] ?? NaN;
}

/** The single column of a channel, `undefined` when the chart does without. */
export function columnName(plot: Plot, channel: string): string | undefined {
  return plot.channels[channel]?.[0];
}

/** A column's name as people write it: `moving_avg` is "moving avg". */
export function spoken(name: string): string {
  return name.replaceAll("_", " ").trim();
}

/** An axis title: what it shows, and the units of the columns, each once: `price, USD`. */
export function titleOf(
  what: string,
  names: readonly string[],
  notes: readonly ColumnNote[],
  symbol = "",
): string {
  const units = names.map((name) => unitOf(notes.find((note) => note.name === name)?.about ?? "", symbol));
  return [...new Set([what, ...units])].filter((part) => part !== "").join(", ");
}
