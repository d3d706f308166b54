import { AnalysisError } from "#analytics/analysis.ts";
import type { Column, Parameters, Table, Value } from "#analytics/engine.ts";

/**
 * What SQL cannot say: makes the result of an analysis, whose header names the model, from what its SQL selects. The
 * rows come symbol by symbol, in the order of time; the result has them in the same order.
 */
export type Model = (input: Table, parameters: Parameters) => Table;

/**
 * A column by its name.
 *
 * @throws {AnalysisError} when the SQL does not select it.
 */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((column) => column.name === name);
  if (column === undefined) {
    throw new AnalysisError(`the model needs a column "${name}", which the SQL does not select`);
  }
  return column;
}

/** Runs `compute` over the rows of each symbol, from `start` up to but not including `end`. */
export function forEachSymbol(table: Table, compute: (start: number, end: number) => void): void {
  const symbols: ArrayLike<Value> = columnOf(table, "symbol").values;
  for (let start = 0, end = 0; start < table.rows; start = end) {
    while (end < table.rows && symbols[end] === symbols[start]) end++;
    compute(start, end);
  }
}
