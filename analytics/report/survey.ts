import type { Table } from "#analytics/engine.ts";

/** A value and its time, in milliseconds since the epoch. */
export interface Reading {
  readonly time: number;
  readonly value: number;
}

/** The rows worth naming of one column. */
export interface Survey {
  readonly first: Reading;
  readonly last: Reading;
  readonly lowest: Reading;
  readonly highest: Reading;
}

/** Looks a symbol's numbers up in the first table that has them, by `time`; `undefined` when none does. */
export function survey(tables: readonly Table[], column: string, symbol: string): Survey | undefined {
  for (const table of tables) {
    const [times, values] = [valuesOf(table, "time"), valuesOf(table, column)];
    if (!times || !values) continue;
    const ofSymbol = rowTest(table, symbol);
    let found: Survey | undefined;
    for (let row = 0; row < table.rows; row++) {
      const [time, value] = [times[row], values[row]];
      if (!ofSymbol(row) || typeof time !== "number" || typeof value !== "number") continue;
      if (!Number.isFinite(value)) continue;
      if (!found) found = surveyOf({ time, value });
      else if (value < found.lowest.value || value > found.highest.value || time >= found.last.time) {
        found = withReading(found, { time, value });
      }
    }
    if (found) return found;
  }
  return undefined;
}

function surveyOf(only: Reading): Survey {
  return { first: only, last: only, lowest: only, highest: only };
}

function withReading({ first, last, lowest, highest }: Survey, next: Reading): Survey {
  return {
    first,
    last: next.time >= last.time ? next : last,
    lowest: next.value < lowest.value ? next : lowest,
    highest: next.value > highest.value ? next : highest,
  };
}

/** The symbols of a table, in order of their first row; one without a name where there is no such column. */
export function symbolsIn(table: Table): readonly string[] {
  const symbols = valuesOf(table, "symbol");
  if (!symbols) return [""];
  const found = new Set<string>();
  for (let row = 0; row < table.rows; row++) {
    if (symbols[row] !== symbols[row - 1]) found.add(String(symbols[row]));
  }
  return [...found];
}

/** How many of a symbol's rows have `true` in a column, and how many rows there are. */
export function countTrue(table: Table, column: string, symbol: string): { found: number; rows: number } {
  const [values, ofSymbol] = [valuesOf(table, column), rowTest(table, symbol)];
  let [found, rows] = [0, 0];
  for (let row = 0; row < table.rows; row++) {
    if (!ofSymbol(row)) continue;
    rows++;
    if (values?.[row] === true) found++;
  }
  return { found, rows };
}

/** The last rows of a symbol, in their order. */
export function lastRowsOf(table: Table, symbol: string, most: number): readonly number[] {
  const ofSymbol = rowTest(table, symbol);
  const rows: number[] = [];
  for (let row = table.rows - 1; row >= 0 && rows.length < most; row--) if (ofSymbol(row)) rows.push(row);
  return rows.reverse();
}

/** Whether a row is of a symbol; in a table that tells no symbols apart, every row is. */
function rowTest(table: Table, symbol: string): (row: number) => boolean {
  const symbols = valuesOf(table, "symbol");
  return symbols ? (row) => symbols[row] === symbol : () => true;
}

function valuesOf(table: Table, name: string) {
  return table.columns.find((column) => column.name === name)?.values;
}
