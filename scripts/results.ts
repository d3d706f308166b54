import type { Analysis } from "#analytics/analysis.ts";
import { toCsv } from "#analytics/csv.ts";
import type { Table, Value } from "#analytics/engine.ts";
import { formatTime } from "#analytics/time.ts";
import type { Store } from "#pipeline/store/store.ts";

/** Which result: of what analysis, up to when. */
export interface ResultName {
  readonly analysis: string;
  /** The end of the ticks' time that it is of, `2026-05-01T12-00Z`: a name that every file system takes. */
  readonly time: string;
  readonly format: ResultFormat;
}

/** How a result is written: in each of these. */
export const resultFormats = ["csv", "json"] as const;

/** One of them. */
export type ResultFormat = typeof resultFormats[number];

const form = /^results\/([a-z][a-z0-9_]*)\/(\d{4}-\d\d-\d\dT\d\d-\d\dZ)\.(csv|json)$/;

/** `results/hourly_aggregation/2026-05-01T12-00Z.csv`: names sort in the order of time. */
export function resultName({ analysis, time, format }: ResultName): string {
  return `results/${analysis}/${time}.${format}`;
}

/** Reads what {@link resultName} wrote; `null` for any other name. */
export function parseResultName(name: string): ResultName | null {
  const [, analysis, time, format] = form.exec(name) ?? [];
  if (analysis === undefined) return null;
  return { analysis, time: time!, format: format as ResultFormat };
}

/** The minute of a time, as a result's name has it. */
export function resultTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace(":", "-")}Z`;
}

/**
 * Puts an analysis' result as CSV and as JSON. What is there under that name stays as it is: a result doesn't change
 * under those who have read it.
 *
 * @returns how many of the two are new.
 */
export async function putResult(
  store: Store,
  { name: analysis, title }: Pick<Analysis, "name" | "title">,
  table: Table,
  range: { readonly from: Date; readonly to: Date },
): Promise<number> {
  const time = resultTime(range.to);
  const from = range.from.toISOString();
  const to = range.to.toISOString();
  const texts: Record<ResultFormat, string> = {
    csv: [...toCsv(table)].join(""),
    json: `${JSON.stringify({ analysis, title, from, to, rows: rowsOf(table) })}\n`,
  };
  let created = 0;
  for (const [format, text] of Object.entries(texts) as [ResultFormat, string][]) {
    const bytes = new TextEncoder().encode(text);
    const metadata = { rows: String(table.rows), bytes: String(bytes.length) };
    const outcome = await store.put(resultName({ analysis, time, format }), bytes, metadata);
    if (outcome === "created") created++;
  }
  return created;
}

/** Rows as JSON has them, times in ISO 8601. */
function rowsOf({ columns, rows }: Table): Record<string, Value>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, type, values }) => {
      const value = values[row] ?? null;
      return [name, type === "timestamp" && value !== null ? formatTime(Number(value)) : value];
    })));
}
