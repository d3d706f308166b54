import { unitOf } from "#analytics/charts/units.ts";
import type { Column } from "#analytics/engine.ts";
import type { ReportSection } from "#analytics/report.ts";
import { type Html, html } from "./html.ts";
import { lastRowsOf, symbolsIn } from "./survey.ts";
import { cell, count, digitsOf } from "./words.ts";

/** The last rows of a result, of every symbol, under the names and units of its columns. */
export function lastRows({ analysis, table }: ReportSection): Html {
  if (table.rows === 0) return html`<p class="muted">The result has no rows.</p>`;
  const shown = symbolsIn(table).slice(0, 6);
  const each = shown.length > 1 ? 3 : 8;
  const rows = shown.flatMap((symbol) => lastRowsOf(table, symbol, each));
  const caption = `The last ${count(rows.length)} of ${count(table.rows, "row")}`;
  const digits = table.columns.map((column) => commonDigits(column, rows));
  const heads = table.columns.map(({ name, type }) => {
    const about = analysis.columns.find((column) => column.name === name)?.about ?? "";
    return html`<th scope="col" class="${type}">${name}${unitTag(about, type, shown)}</th>`;
  });
  const body = rows.map((row) =>
    html`<tr>${table.columns.map((column, i) => cellOf(column, row, digits[i]))}</tr>`
  );
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label="${analysis.title}, last rows">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${heads}</tr>
        </thead>
        <tbody>${body}</tbody>
      </table>
    </div>
  `;
}

function cellOf({ type, values }: Column, row: number, digits?: number): Html {
  return html`<td class="${type}">${cell(values[row], type, digits)}</td>`;
}

/** Figures of a column line up at the point. */
function commonDigits({ values }: Column, rows: readonly number[]): number {
  return digitsOf(Math.max(...rows.map((row) => Math.abs(Number(values[row])) || 0)));
}

/** A unit that fits under a column's name; what is longer stands with the SQL. */
function unitTag(about: string, type: string, symbols: readonly string[]): Html | null {
  const unit = type === "timestamp" ? "UTC" : unitOf(about, symbols[0] ?? "");
  const oneUnit = unit === about || new Set(symbols.map((symbol) => unitOf(about, symbol))).size === 1;
  if (type === "text" || type === "boolean" || unit === "" || unit.length > 20 || !oneUnit) return null;
  return html`<small>${unit}</small>`;
}
