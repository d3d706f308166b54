import type { Column, Table, Value } from "#analytics/engine.ts";

/** Rows of a worksheet, the header included. */
const mostRows = 1_048_576;

/**
 * A table as an Excel workbook of one sheet, with a bold header that stays in sight. Times are Excel's own, in UTC, to
 * the millisecond. Texts are stored as texts: none becomes a formula.
 *
 * @throws {RangeError} when a worksheet can't hold so many rows.
 */
export async function toXlsx({ columns, rows }: Table): Promise<Uint8Array> {
  if (rows >= mostRows) {
    throw new RangeError(
      `Cannot write xlsx: ${rows} rows, a worksheet holds ${
        mostRows - 1
      }; narrow the range, or export csv or parquet`,
    );
  }
  const { default: writeExcelFile } = await import("write-excel-file/node");
  const header = columns.map(({ name, type }) => ({
    value: type === "timestamp" ? `${name} (UTC)` : name,
    fontWeight: "bold" as const,
  }));
  const body = Array.from(
    { length: rows },
    (_, row) => columns.map((column) => cell(column, column.values[row] ?? null)),
  );
  const widths = columns.map(({ type }) => ({ width: type === "timestamp" ? 24 : 16 }));
  return await writeExcelFile([header, ...body], { columns: widths, stickyRowsCount: 1 }).toBuffer();
}

function cell({ type }: Column, value: Value) {
  if (value === null) return null;
  if (type !== "timestamp") return { value, type: typeof value === "string" ? String : undefined };
  return { value: new Date(Number(value)), type: Date, format: "yyyy-mm-dd hh:mm:ss.000" };
}
