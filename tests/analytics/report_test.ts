import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { renderReport } from "#analytics/report.ts";
import { tableOf } from "./charts/tables.ts";
import { corpus, evilReport, sampleReport } from "./report_samples.ts";

/** What a reader sees, without tags and doubled spaces. */
function textOf(page: string): string {
  return page.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("renderReport() tells price, change, range, anomalies and how good the data are", async () => {
  const text = textOf(renderReport(await sampleReport()));
  match(text, /Last price 21,900\.00 USD 2023-03-10 00:19 UTC/);
  match(text, /Change \+9\.50 % from 20,000\.00 2023-03-10 00:00/);
  match(text, /Range 19,000 \u2013 21,900 low 2023-03-10 00:07 high 2023-03-10 00:19/);
  match(text, /Anomalies 1 by Z-score, of 20 rows/);
  match(text, /Valid lines 95\.65 % 1 refused/);
  match(text, /ticks\/1\.ndjson:4 the line is not JSON/);
});

Deno.test("renderReport() gives each analysis its words, parameters, last rows, CSV and SQL", async () => {
  const page = renderReport(await sampleReport());
  const text = textOf(page);
  match(text, /How far each price is from the mean\. threshold = 3 where anomalies begin/);
  match(text, /The last 8 of 20 rows/);
  match(text, /price USD z_score standard deviations is_anomaly/);
  match(page, /<a href="\.\/csv\/zscore\.csv"/);
  match(page, /<details>.*where price &lt; 5 and &#39;a&#39; &lt;&gt; &#39;b&#39;/s);
  match(page, /<a href="#analysis-zscore">Z-score<\/a>.*<h2 id="analysis-zscore">/s);
});

Deno.test("renderReport() holds its pictures in both themes, with size and alternative text", async () => {
  const page = renderReport(await sampleReport());
  match(page, /media="screen and \(prefers-color-scheme: dark\)"\s+srcset="data:image\/svg\+xml,%3Csvg/);
  match(page, /<img\s+src="data:[^"]+"\s+width="960"\s+height="\d+"\s+alt="Z-score\. Chart \(line\)[^"]+"/);
});

Deno.test("renderReport() allows its own style, its own script and data: pictures, and nothing else", async () => {
  const page = renderReport(await sampleReport());
  const [, policy = ""] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
  const hashes = ["style", "script"].map((tag) => {
    const [element, ...others] = page.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs"));
    deepEqual(others, []);
    return createHash("sha256").update(element![1]!).digest("base64");
  });
  equal(
    policy.replaceAll("&#39;", "'"),
    `default-src 'none'; img-src data:; style-src 'sha256-${hashes[0]}'; script-src 'sha256-${hashes[1]}'; ` +
      "base-uri 'none'; form-action 'none'",
  );
  ok(!/<link|@import|url\(| style="| on[a-z]+="/i.test(page));
  ok(!/(?:src|href|srcset)="(?!data:|#|\.\/)/.test(page), "links stay in the page or beside it");
});

Deno.test("renderReport() without a tick, an analysis or a chart says what there is", async () => {
  const { summary } = await sampleReport();
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
  const text = textOf(renderReport(await sampleReport({ summary: empty }, { table: none, charts: [] })));
  match(text, /no data/);
  match(text, /The result has no rows\./);
  match(textOf(renderReport(await sampleReport({ summary: empty, sections: [] }))), /Ticks 0/);
});

Deno.test("renderReport() shows the last rows of every symbol that a table has, whatever the others have", async () => {
  const table = tableOf({
    symbol: ["text", ["BTC", "BTC", "ETH"]],
    time: ["timestamp", [0, 60_000, 0]],
    price: ["double", [1, 2.5, 0]],
  });
  const text = textOf(renderReport(await sampleReport({}, { table })));
  match(text, /The last 3 of 3 rows .* BTC 1970-01-01 00:00 1\.0000 BTC 1970-01-01 00:01 2\.5000 ETH /);
});

Deno.test("renderReport() refuses a picture that is no SVG", async () => {
  const charts = [{ light: "<img src=x>", dark: "" }];
  const report = await sampleReport({}, { charts });
  throws(() => renderReport(report), { name: "TypeError", message: /begins "<img src=x>", expected an SVG/ });
});

for (const evil of corpus) {
  Deno.test(`renderReport() shows ${JSON.stringify(evil)} as text, wherever it stands`, async () => {
    const report = await evilReport([evil]);
    const picture = report.sections[0]!.charts[0]!.light;
    const page = renderReport(report);
    const theirs = page.replace(/<script>\n"use strict".*?<\/script>/s, "");
    for (const markup of [theirs, picture]) {
      ok(!/<script|<img src=x|<svg onload|<!--/i.test(markup), "no tag of theirs");
      ok(!/<[^>]*\son[a-z]+=/i.test(markup.replace(/"[^"]*"/g, "")), "no attribute of theirs");
    }
    ok(!/href="(?!#|\.\/)/.test(page), "no link of theirs");
    // deno-lint-ignore no-control-regex -- XML 1.0 has no way to write them
    ok(!/[\0-\x08\ufffe]/.test(picture) && picture.isWellFormed(), "the picture stays readable");
  });
}
