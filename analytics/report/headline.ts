import { unitOf } from "#analytics/charts/units.ts";
import type { Report } from "#analytics/report.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { countTrue, survey } from "./survey.ts";
import { count, minute, number, percent, share } from "./words.ts";

interface Card {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly note: Fragment;
}

/** More symbols than these have their figures in the analyses only. */
const mostSymbols = 4;

/** The figures that a reader wants first, a row of cards a symbol, and how good the data are. */
export function headline(report: Report): Html {
  const { symbols } = report.summary;
  const rows = symbols.slice(0, mostSymbols).map((symbol) => {
    const cards = [
      ...priceCards(report, symbol),
      ...volatilityCards(report, symbol),
      ...anomalyCards(report, symbol),
    ];
    return cards.length === 0 ? null : html`
      <h3>${symbol}</h3>
      <dl class="cards">${cards.map(cardOf)}</dl>
    `;
  });
  return html`<section aria-labelledby="headline"><h2 id="headline">At a glance</h2>${rows}
    <h3>Data</h3><dl class="cards">${dataCards(report).map(cardOf)}</dl></section>`;
}

function cardOf({ label, value, unit, note }: Card): Html {
  const small = unit === undefined ? null : html`
    <small>${unit}</small>
  `;
  return html`
    <div>
      <dt>${label}</dt>
      <dd class="value">${value}${small}</dd>
      <dd class="note">${note}</dd>
    </div>
  `;
}

function priceCards({ sections }: Report, symbol: string): readonly Card[] {
  const tables = sections.map(({ table }) => table);
  const price = survey(tables, "price", symbol) ?? survey(tables, "close", symbol);
  if (!price) return [];
  const low = (survey(tables, "low", symbol) ?? price).lowest;
  const high = (survey(tables, "high", symbol) ?? price).highest;
  const unit = unitOf("quote currency", symbol);
  const { first, last } = price;
  return [
    { label: "Last price", value: number(last.value), unit, note: `${minute(last.time)} UTC` },
    {
      label: "Change",
      value: percent(last.value / first.value - 1),
      note: `from ${number(first.value)}, ${minute(first.time)}`,
    },
    {
      label: "Range",
      value: `${rough(low.value)} \u2013 ${rough(high.value)}`,
      note: html`low ${minute(low.time)}<br>high ${minute(high.time)}`,
    },
  ];
}

/** Two figures on one line leave no room for decimals that say nothing. */
function rough(value: number): string {
  return number(value, value >= 1000 ? 0 : undefined);
}

function volatilityCards({ sections }: Report, symbol: string): readonly Card[] {
  const found = survey(sections.map(({ table }) => table), "rolling_stddev", symbol);
  if (!found) return [];
  const { last, highest } = found;
  const unit = unitOf("quote currency", symbol);
  const note = html`rolling standard deviation<br>highest ${number(highest.value)}, ${minute(highest.time)}`;
  return [{ label: "Volatility, last", value: number(last.value), unit, note }];
}

/** One card for all analyses that find anomalies: they seldom agree. */
function anomalyCards({ sections }: Report, symbol: string): readonly Card[] {
  const counts = sections
    .filter(({ table }) => table.columns.some(({ name }) => name === "is_anomaly"))
    .map(({ analysis, table }) => ({ title: analysis.title, ...countTrue(table, "is_anomaly", symbol) }));
  const [first, ...others] = counts;
  if (!first) return [];
  const lines = others.map(({ title, found, rows }) =>
    html`<br>${count(found)} of ${count(rows)} by ${title}`
  );
  const note = html`of ${count(first.rows, "row")}, by ${first.title}${lines}`;
  return [{ label: "Anomalies", value: count(first.found), note }];
}

function dataCards({ summary }: Report): readonly Card[] {
  const { blobs, lines, ticks, refused, outside, redelivered, repeated } = summary;
  const span = summary.from && summary.to
    ? html`${minute(Date.parse(summary.from))} to<br>${minute(Date.parse(summary.to))} UTC`
    : "no time range";
  return [
    { label: "Ticks", value: count(ticks), note: span },
    { label: "Read", value: count(lines, "line"), note: `from ${count(blobs, "blob")}` },
    { label: "Valid lines", value: share(lines - refused, lines), note: `${count(refused)} refused` },
    {
      label: "Left out",
      value: count(redelivered + repeated + outside),
      note: html`${count(redelivered)} delivered again, ${count(repeated)} repeated<br>${
        count(outside)
      } outside the range`,
    },
  ];
}
