import { parseAnalysis } from "#analytics/analysis.ts";
import { drawChart } from "#analytics/charts/index.ts";
import type { Report, ReportSection } from "#analytics/report.ts";
import { minutes, series, tableOf } from "./charts/tables.ts";

const analysis = parseAnalysis(
  "zscore.sql",
  `-- title: Z-score
-- about: How far each price is from the mean.
-- param: threshold double = 2 min 0 max 100 | where anomalies begin
-- column: price double | in the quote currency
-- column: z_score double | standard deviations
-- column: time timestamp | UTC
-- chart: line x=time y=z_score
select price, z_score from scores where price < 5 and 'a' <> 'b' and z_score < $threshold
`,
);

const rows = 20;
const table = tableOf({
  symbol: ["text", Array(rows).fill("BTC-USD")],
  time: ["timestamp", minutes(...Array(rows).keys())],
  price: ["double", series(rows, (i) => 20_000 + (i === 7 ? -1000 : 100 * i))],
  z_score: ["double", series(rows, (i) => i / 10)],
  is_anomaly: ["boolean", Array.from({ length: rows }, (_, i) => i === 7)],
});

/** A report of one analysis over twenty prices, one of them an anomaly. */
export async function sampleReport(
  changes: Partial<Report> = {},
  section: Partial<ReportSection> = {},
): Promise<Report> {
  const draw = (theme: "light" | "dark") => drawChart(analysis.charts[0]!, table, analysis, { theme });
  const charts = [{ light: await draw("light"), dark: await draw("dark") }];
  return {
    title: "Bitcoin prices",
    generatedAt: "2023-03-22T00:00:00.000Z",
    summary: {
      source: "the folder blobs",
      blobs: 3,
      lines: 23,
      ticks: 20,
      refused: 1,
      outside: 0,
      redelivered: 2,
      repeated: 0,
      symbols: ["BTC-USD"],
      from: "2023-03-10T00:00:00.000Z",
      to: "2023-03-10T00:19:00.000Z",
      refusals: [{ blob: "ticks/1.ndjson", line: 4, reason: "the line is not JSON" }],
    },
    sections: [{
      analysis,
      parameters: { threshold: 3 },
      table,
      charts,
      csvHref: "csv/zscore.csv",
      ...section,
    }],
    ...changes,
  };
}

/** Texts that would do something if they were markup. */
export const corpus = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</title></style></pre></svg><script>alert(1)</script>",
  "<!--<script>",
  "&lt;script&gt;&#x3c;",
  "javascript:alert(1)//",
  "]]><svg onload=alert(1)>",
  "\0\x08\ufffe\ud800",
];

/** A report with an analysis a text, which stands in every field that can hold it. */
export async function evilReport(texts: readonly string[]): Promise<Report> {
  const { summary } = await sampleReport();
  return {
    title: texts.join(" "),
    generatedAt: "2023-03-22T00:00:00.000Z",
    summary: {
      ...summary,
      source: texts.join(" "),
      symbols: texts,
      refused: texts.length,
      refusals: texts.map((text) => ({ blob: text, line: 1, reason: text })),
    },
    sections: await Promise.all(texts.map(evilSection)),
  };
}

async function evilSection(text: string, index: number): Promise<ReportSection> {
  const evilTable = tableOf({
    symbol: ["text", Array(3).fill(text)],
    time: ["timestamp", minutes(0, 1, 2)],
    [text]: ["double", [1, 2, 3]],
    price: ["double", [1, 2, 3]],
  });
  const evilAnalysis = {
    ...analysis,
    name: `evil_${index}`,
    title: text,
    about: text,
    parameters: analysis.parameters.map((parameter) => ({
      ...parameter,
      name: text,
      default: text,
      about: text,
    })),
    columns: [{ name: text, type: "double", about: text }],
    sql: text,
  } as const;
  const chart = { kind: "line", channels: { x: ["time"], y: [text, "price"] } };
  const [light, dark] = [
    await drawChart(chart, evilTable, evilAnalysis, { theme: "light" }),
    await drawChart(chart, evilTable, evilAnalysis, { theme: "dark" }),
  ];
  return {
    analysis: evilAnalysis,
    parameters: { [text]: text },
    table: evilTable,
    charts: [{ light, dark }],
    csvHref: text,
  };
}
