import type { Report, ReportSection } from "#analytics/report.ts";
import { type Html, html } from "./html.ts";
import { lastRows } from "./last_rows.ts";
import { picture } from "./picture.ts";

/** Where the contents list finds a section. */
export function anchorOf({ analysis }: ReportSection): string {
  return `analysis-${analysis.name}`;
}

/** One analysis: what it asks, its pictures, its last rows, and how it was made. */
export function sectionOf(section: ReportSection, { summary }: Report): Html {
  const { analysis, charts, csvHref } = section;
  const csv = csvHref === undefined ? null : html`
    <a href="${relative(csvHref)}" download>All rows as CSV</a>
  `;
  return html`<section aria-labelledby="${anchorOf(section)}">
    <h2 id="${anchorOf(section)}">${analysis.title}</h2>
    <p class="about">${analysis.about}</p>
    ${parameters(section)}
    ${charts.map((chart) => picture(chart, analysis.title))}
    ${lastRows(section, summary.symbols)}
    <p class="links">${csv}</p>
    <details><summary>Columns and SQL</summary>${columns(section)}
      <pre tabindex="0"><code>${analysis.sql.trim()}</code></pre></details>
  </section>`;
}

function parameters({ analysis, parameters }: ReportSection): Html | null {
  if (analysis.parameters.length === 0) return null;
  const items = analysis.parameters.map(({ name, about, default: fallback }) =>
    html`<li><code>${name} = ${String(parameters[name] ?? fallback)}</code> ${about}</li>`
  );
  return html`<ul class="parameters">${items}</ul>`;
}

function columns({ analysis }: ReportSection): Html {
  return html`<dl class="columns">${
    analysis.columns.map(({ name, about }) =>
      html`
        <div>
          <dt><code>${name}</code></dt>
          <dd>${about}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** A path below the report's own folder: no scheme and no other host can come of it. */
function relative(path: string): string {
  return `./${path.toWellFormed().split("/").map(encodeURIComponent).join("/")}`;
}
