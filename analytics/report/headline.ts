import { unitOf } from "#analytics/charts/units.ts";
import type { Report } from "#analytics/report.ts";
import { type Html, html } from "./html.ts";
import { countTrue, survey } from "./survey.ts";
import { count, minute, number, percent, share } from "./words.ts";

interface Card {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  /** Lines below the value. */
  readonly note: readonly string[];
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
  const lines = note.map((line) => html`<dd>${line}</dd>`);
  return html`<div><dt>${label}</dt><dd class="value">${value}${small}</dd>${lines}</div>`;
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
    { label: "Last price", value: number(last.value), unit, note: [`${minute(last.time)} UTC`] },
    {
      label: "Change",
      value: percent(last.value / first.value - 1),
      note: [`from ${number(first.value)}`, minute(first.time)],
    },
    {
      label: "Range",
      value: `${rough(low.value)} \u2013 ${rough(high.value)}`,
      note: [`low ${minute(low.time)}`, `high ${minute(high.time)}`],
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
  const note = ["rolling deviation,", `highest ${number(highest.value)}`, minute(highest.time)];
  return [{ label: "Volatility, last", value: number(last.value), unit, note }];
}

/** One card for all analyses that find anomalies: they seldom agree. */
function anomalyCards({ sections }: Report, symbol: string): readonly Card[] {
  const counts = sections
    .filter(({ table }) => table.columns.some(({ name }) => name === "is_anomaly"))
    .map(({ analysis, table }) => ({ title: analysis.title, ...countTrue(table, "is_anomaly", symbol) }));
  const [first, ...others] = counts;
  if (!first) return [];
  const also = others.map(({ title, found }) => `${count(found)} by ${title}`);
  const note = [`by ${first.title},`, `of ${count(first.rows, "row")}`, ...also];
  return [{ label: "Anomalies", value: count(first.found), note }];
}

function dataCards({ summary }: Report): readonly Card[] {
  const { blobs, lines, ticks, refused, outside, redelivered, repeated, from, to } = summary;
  const span = from && to
    ? [`${minute(Date.parse(from))} to`, `${minute(Date.parse(to))} UTC`]
    : ["no time range"];
  return [
    { label: "Ticks", value: count(ticks), note: span },
    { label: "Read", value: count(lines, "line"), note: [`from ${count(blobs, "blob")}`] },
    { label: "Valid lines", value: share(lines - refused, lines), note: [`${count(refused)} refused`] },
    {
      label: "Left out",
      value: count(redelivered + repeated + outside),
      note: [
        `${count(redelivered)} delivered again`,
        `${count(repeated)} repeated`,
        `${count(outside)} outside the range`,
      ],
    },
  ];
}
