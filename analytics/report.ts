import { createHash } from "node:crypto";
import type { Analysis } from "./analysis.ts";
import type { Table, Value } from "./engine.ts";
import type { LoadSummary } from "./load.ts";
import { crosshair } from "./report/crosshair.ts";
import { headline } from "./report/headline.ts";
import { type Html, html } from "./report/html.ts";
import { anchorOf, sectionOf } from "./report/section.ts";
import { style } from "./report/style.ts";
import { count, minute } from "./report/words.ts";

/** Everything a report tells. */
export interface Report {
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly generatedAt: string;
  /** What was read, and where from: a folder or a store, as the reader knows it. */
  readonly summary: LoadSummary & { readonly source: string };
  readonly sections: readonly ReportSection[];
}

/** One analysis and its result. */
export interface ReportSection {
  readonly analysis: Analysis;
  /** The values it ran with. */
  readonly parameters: Readonly<Record<string, Value>>;
  readonly table: Table;
  /** SVGs, one pair a chart of the analysis. */
  readonly charts: readonly { readonly light: string; readonly dark: string }[];
  /** Path of the CSV from the report's folder, not percent-encoded. */
  readonly csvHref?: string;
}

/**
 * Writes a report as one HTML file that fetches nothing and needs no script; its links lead to the CSVs beside it.
 *
 * @throws {TypeError} when a chart is no SVG with a size.
 */
export function renderReport(report: Report): string {
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(crosshair)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="Ticklake">
        <title>${report.title}</title>
        <style>${{ markup: style }}</style>
      </head>
      <body>
    ${top(report)}
    <main>
    ${headline(report)}
    ${refusals(report)}
    ${report.sections.map(sectionOf)}
    </main>
    <footer><p>Made by Ticklake on ${minute(
      Date.parse(report.generatedAt),
    )} UTC. All times are UTC.</p></footer>
    <script>${{ markup: crosshair }}</script>
      </body>
    </html>
  `;
  return page.markup.trimStart();
}

/** As a content security policy names the one style and the one script that it allows. */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function top(report: Report): Html {
  const { source, symbols, from, to } = report.summary;
  const range = from && to ? `${minute(Date.parse(from))} to ${minute(Date.parse(to))} UTC` : "no data";
  const links = report.sections.map((section) =>
    html`<li><a href="#${anchorOf(section)}">${section.analysis.title}</a></li>`
  );
  return html`
    <header>
      <h1>${report.title}</h1>
      <p>${symbols.join(", ")}${symbols.length > 0 ? " · " : null}${range}<br>from ${source}</p>
      <nav aria-label="Contents">
        <ul>${links}</ul>
      </nav>
    </header>
  `;
}

/** Lines that could not be read are named, so that they can be mended. */
function refusals({ summary }: Report): Html | null {
  const { refused, refusals } = summary;
  if (refused === 0) return null;
  const items = refusals.map(({ blob, line, reason }) =>
    html`<li><code>${blob}:${line}</code> ${reason}</li>`
  );
  return html`
    <section aria-labelledby="refused">
      <h2 id="refused">Refused lines</h2>
      <p class="about">${count(refused)} of ${count(
        summary.lines,
      )} lines are no tick, and are in no figure below.
    ${refusals.length < refused ? html`The first ${count(refusals.length)} of them:` : null}</p>
      <ul class="refusals">${items}</ul>
    </section>
  `;
}
