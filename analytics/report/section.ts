import type { ReportSection } from "#analytics/report.ts";
import { type Html, html } from "./html.ts";
import { lastRows } from "./last_rows.ts";
import { picture } from "./picture.ts";

/** Where the contents list finds a section. */
export function anchorOf({ analysis }: ReportSection): string {
  return `analysis-${analysis.name}`;
}

/** One analysis: what it asks, its pictures, its last rows, and how it was made. */
export function sectionOf(section: ReportSection): Html {
  const { analysis, charts, csvHref } = section;
  const { title, about, sql } = analysis;
  const pictures = charts.map((chart, i) => picture(chart, charts.length > 1 ? `${title} ${i + 1}` : title));
  return html`<section aria-labelledby="${anchorOf(section)}">
    <h2 id="${anchorOf(section)}">${title}</h2>
    <p class="about">${about}</p>
    ${parameters(section)}
    ${pictures}
    ${lastRows(section)}
    ${csvHref === undefined ? null : csvLink(csvHref)}
    <details><summary>Columns and SQL</summary>${columns(section)}
      <pre tabindex="0"><code>${sql.trim()}</code></pre></details>
  </section>`;
}

/** To a path below the report's own folder: no scheme and no other host can come of it. */
function csvLink(path: string): Html {
  const relative = `./${path.toWellFormed().split("/").map(encodeURIComponent).join("/")}`;
  return html`<p class="links"><a href="${relative}" download>All rows as CSV</a></p>`;
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
