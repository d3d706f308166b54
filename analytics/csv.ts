import type { Column, Table, Value } from "./engine.ts";
import { formatTime } from "./time.ts";

const rowsPerChunk = 4096;

/**
 * A table as CSV (RFC 4180, but with `\n` at the ends of lines), in chunks of some thousand rows. Times are ISO 8601 in
 * UTC with milliseconds, doubles the shortest text that reads back as the same number, a null is empty. A text that a
 * spreadsheet would run as a formula gets a `'` before it.
 *
 * @throws {RangeError} for a number that is not finite: with column and row.
 */
export function* toCsv(table: Table): Iterable<string> {
  yield `${table.columns.map(({ name }) => quote(name)).join(",")}\n`;
  const cells = table.columns.map(cellWriter);
  for (let start = 0; start < table.rows; start += rowsPerChunk) {
    const end = Math.min(start + rowsPerChunk, table.rows);
    let chunk = "";
    for (let row = start; row < end; row++) chunk += `${cells.map((cell) => cell(row)).join(",")}\n`;
    yield chunk;
  }
}

function cellWriter({ name, type, values }: Column): (row: number) => string {
  const write = type === "timestamp" ? writeTime : type === "text" ? writeText : writeNumber;
  return (row) => {
    const value = values[row] ?? null;
    if (value === null) return "";
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new RangeError(
        `Cannot write CSV: column "${name}" is ${value} in row ${row + 1}, expected a finite number`,
      );
    }
    return write(value);
  };
}

const writeTime = (value: Value) => formatTime(Number(value));
const writeNumber = (value: Value) => String(value);
const writeText = (value: Value) => quote(/^[=+\-@\t\r\n]/.test(String(value)) ? `'${value}` : String(value));

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
