import { match, ok, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { drawChart } from "#analytics/charts/index.ts";
import { renderReport, type Report, type ReportSection } from "#analytics/report.ts";
import { minutes, series, tableOf } from "./charts/tables.ts";

const analysis: ReportSection["analysis"] = {
  name: "zscore",
  title: "Z-score",
  about: "How far each price is from the mean.",
  parameters: [{
    name: "threshold",
    type: "double",
    default: 2,
    min: 0,
    max: 100,
    about: "where anomalies begin",
  }],
  columns: [
    { name: "price", type: "double", about: "in the quote currency" },
    { name: "z_score", type: "double", about: "standard deviations" },
  ],
  charts: [{ kind: "line", channels: { x: ["time"], y: ["z_score"] } }],
  checks: [],
  sql: "select price from ticks where price < 5 and 'a' <> 'b'",
};

const rows = 20;
const table = tableOf({
  symbol: ["text", Array(rows).fill("BTC-USD")],
  time: ["timestamp", minutes(...Array(rows).keys())],
  price: ["double", series(rows, (i) => 20_000 + (i === 7 ? -1000 : 100 * i))],
  z_score: ["double", series(rows, (i) => i / 10)],
  is_anomaly: ["boolean", Array.from({ length: rows }, (_, i) => i === 7)],
});

async function reportOf(
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

/** What a reader sees, without tags and doubled spaces. */
function textOf(page: string): string {
  return page.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("renderReport() tells price, change, range, anomalies and how good the data are", async () => {
  const text = textOf(renderReport(await reportOf()));
  match(text, /Last price 21,900\.00 USD 2023-03-10 00:19 UTC/);
  match(text, /Change \+9\.50 % from 20,000\.00, 2023-03-10 00:00/);
  match(text, /Range 19,000 \u2013 21,900 low 2023-03-10 00:07 high 2023-03-10 00:19/);
  match(text, /Anomalies 1 of 20 rows, by Z-score/);
  match(text, /Valid lines 95\.65 % 1 refused/);
  match(text, /ticks\/1\.ndjson:4 the line is not JSON/);
});

Deno.test("renderReport() gives each analysis its words, parameters, last rows, CSV and SQL", async () => {
  const page = renderReport(await reportOf());
  const text = textOf(page);
  match(text, /How far each price is from the mean\. threshold = 3 where anomalies begin/);
  match(text, /The last 8 of 20 rows/);
  match(text, /price USD z_score standard deviations is_anomaly/);
  match(page, /<a href="\.\/csv\/zscore\.csv"/);
  match(page, /<details>.*where price &lt; 5 and &#39;a&#39; &lt;&gt; &#39;b&#39;/s);
  match(page, /<a href="#analysis-zscore">Z-score<\/a>.*<h2 id="analysis-zscore">/s);
});

Deno.test("renderReport() holds its pictures in both themes, with size and alternative text", async () => {
  const page = renderReport(await reportOf());
  match(page, /media="screen and \(prefers-color-scheme: dark\)"\s+srcset="data:image\/svg\+xml,%3Csvg/);
  match(page, /<img\s+src="data:[^"]+"\s+width="960"\s+height="\d+"\s+alt="Z-score\. Chart \(line\)[^"]+"/);
});

Deno.test("renderReport() allows its own style and data: pictures, and nothing else", async () => {
  const page = renderReport(await reportOf());
  const [, policy = ""] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  match(policy, /^default-src &#39;none&#39;; img-src data:; style-src/);
  ok(policy.includes(`&#39;sha256-${hash}&#39;`));
  ok(!/<script|<link|@import|url\(| style="| on[a-z]+="/i.test(page));
  ok(!/(?:src|href|srcset)="(?!data:|#|\.\/)/.test(page), "links stay in the page or beside it");
});

Deno.test("renderReport() without a tick, an analysis or a chart says what there is", async () => {
  const { summary } = await reportOf();
  const empty = {
    ...summary,
    lines: 0,
    ticks: 0,
    refused: 0,
    symbols: [],
    from: null,
    to: null,
    refusals: [],
  };
  const none = tableOf({ symbol: ["text", []], time: ["timestamp", []], price: ["double", []] });
  const text = textOf(renderReport(await reportOf({ summary: empty }, { table: none, charts: [] })));
  match(text, /no data/);
  match(text, /The result has no rows\./);
  match(textOf(renderReport(await reportOf({ summary: empty, sections: [] }))), /Ticks 0/);
});

Deno.test("renderReport() refuses a picture that is no SVG", async () => {
  const charts = [{ light: "<img src=x>", dark: "" }];
  const report = await reportOf({}, { charts });
  throws(() => renderReport(report), { name: "TypeError", message: /begins "<img src=x>", expected an SVG/ });
});

/** Texts that would do something if they were markup. */
const corpus = [
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

for (const evil of corpus) {
  Deno.test(`renderReport() shows ${JSON.stringify(evil)} as text, wherever it stands`, async () => {
    const evilTable = tableOf({
      symbol: ["text", Array(3).fill(evil)],
      time: ["timestamp", minutes(0, 1, 2)],
      [evil]: ["double", [1, 2, 3]],
      price: ["double", [1, 2, 3]],
    });
    const evilAnalysis = {
      ...analysis,
      title: evil,
      about: evil,
      parameters: [{ name: evil, type: "text", default: evil, min: null, max: null, about: evil }],
      columns: [{ name: evil, type: "double", about: evil }],
      sql: evil,
    } as const;
    const chart = { kind: "line", channels: { x: ["time"], y: [evil, "price"] } };
    const light = await drawChart(chart, evilTable, evilAnalysis, { theme: "light" });
    const { summary } = await reportOf();
    const refusals = [{ blob: evil, line: 1, reason: evil }];
    const page = renderReport({
      title: evil,
      generatedAt: "2023-03-22T00:00:00.000Z",
      summary: { ...summary, source: evil, symbols: [evil], refusals },
      sections: [{
        analysis: evilAnalysis,
        parameters: { [evil]: evil },
        table: evilTable,
        charts: [{ light, dark: light }],
        csvHref: evil,
      }],
    });
    for (const markup of [page, light]) {
      ok(!/<script|<img src=x|<svg onload|<!--/i.test(markup), "no tag of theirs");
      ok(!/<[^>]*\son[a-z]+=/i.test(markup.replace(/"[^"]*"/g, "")), "no attribute of theirs");
    }
    ok(!/href="(?!#|\.\/)/.test(page), "no link of theirs");
    // deno-lint-ignore no-control-regex -- XML 1.0 has no way to write them
    ok(!/[\0-\x08\ufffe]/.test(light) && light.isWellFormed(), "the picture stays readable");
  });
}
