import { equal, match, ok, rejects } from "node:assert/strict";
import type { ChartNote } from "#analytics/analysis.ts";
import { drawChart } from "#analytics/charts/index.ts";
import { chartKinds } from "#analytics/charts/kinds.ts";
import { toPng } from "#analytics/charts/png.ts";
import type { Table } from "#analytics/engine.ts";
import { pointsOf, readingsOf } from "./picture.ts";
import { minutes, series, tableOf } from "./tables.ts";

const chart = { kind: "line", channels: { x: ["time"], y: ["price"] } };
const about = { title: "Price", columns: [] };

function prices(count: number, price: (i: number) => number, time = (i: number) => i): Table {
  return tableOf({
    symbol: ["text", Array(count).fill("BTC-USD")],
    time: ["timestamp", minutes(...Array.from({ length: count }, (_, i) => time(i)))],
    price: ["double", series(count, price)],
  });
}

Deno.test("drawChart() gives a standalone picture with a role, a title and a description", async () => {
  const svg = await drawChart(chart, prices(10, (i) => i), about, {
    theme: "light",
    width: 700,
    height: 400,
  });
  match(svg, /^<svg [^>]*width="700" height="400"[^>]*role="img" aria-labelledby="title desc"/);
  match(
    svg,
    /<title id="title">Price<\/title><desc id="desc">[^<]*2023-03-10 00:00 to 00:09 UTC[^<]*<\/desc>/,
  );
  ok(!svg.includes("href="), "nothing is fetched");
});

Deno.test("drawChart() gives the same bytes twice", async () => {
  const table = prices(500, (i) => Math.sin(i / 9));
  const draw = () => drawChart(chart, table, about, { theme: "dark" });
  equal(await draw(), await draw());
});

/** A chart of every kind over one table. */
const charts: Readonly<Record<string, ChartNote["channels"]>> = {
  candles: {
    x: ["time"],
    open: ["price"],
    high: ["price"],
    low: ["price"],
    close: ["price"],
    volume: ["price"],
  },
  heatmap: { x: ["hour"], y: ["weekday"], color: ["price"] },
  histogram: { x: ["price"] },
  line: {
    x: ["time"],
    y: ["price", "price"],
    band: ["price", "price"],
    mark: ["is_anomaly"],
    score: ["price"],
  },
  panes: { x: ["time"], price: ["price"], below: ["price"], mark: ["is_anomaly"] },
  scatter: { x: ["time"], y: ["price"], mark: ["is_anomaly"], score: ["price"] },
};

function everyColumn(rows: number): Table {
  return tableOf({
    symbol: ["text", Array(rows).fill("BTC-USD")],
    time: ["timestamp", minutes(...Array(rows).keys())],
    hour: ["integer", Array.from({ length: rows }, (_, i) => i % 24)],
    weekday: ["integer", Array.from({ length: rows }, (_, i) => i % 7 + 1)],
    price: ["double", Array(rows).fill(5)],
    is_anomaly: ["boolean", Array(rows).fill(true)],
  });
}

for (const kind of Object.keys(chartKinds)) {
  for (const rows of [0, 1, 2, 50]) {
    Deno.test(`drawChart() draws ${kind} of ${rows} equal rows`, async () => {
      const svg = await drawChart({ kind, channels: charts[kind]! }, everyColumn(rows), about, {
        theme: "light",
      });
      equal(svg.includes("No data in this range"), rows === 0);
      ok(!/NaN|Infinity|undefined/.test(svg), "no coordinate is missing");
    });
  }
}

Deno.test("drawChart() says so where every value is null", async () => {
  const svg = await drawChart(chart, prices(10, () => NaN), about, { theme: "light" });
  match(svg, /No data in this range/);
});

Deno.test("drawChart() leaves out a line that has no values, and its legend", async () => {
  const table = tableOf({
    time: ["timestamp", minutes(0, 1, 2)],
    price_usd: ["double", [1, 2, 3]],
    price_eur: ["double", [null, null, null]],
  });
  const chart = { kind: "line", channels: { x: ["time"], y: ["price_usd", "price_eur"] } };
  const svg = await drawChart(chart, table, about, { theme: "light" });
  match(svg, />price usd</);
  ok(!svg.includes(">price eur<"));
});

Deno.test("drawChart() names a pane that has no values instead of drawing it", async () => {
  const table = tableOf({
    time: ["timestamp", minutes(0, 1, 2)],
    price: ["double", [1, 2, 3]],
    z_score: ["double", [null, null, null]],
  });
  const chart = { kind: "panes", channels: { x: ["time"], price: ["price"], z_score: ["z_score"] } };
  const svg = await drawChart(chart, table, about, { theme: "light" });
  match(svg, /no values: z score/);
  equal([...svg.matchAll(/stroke-width="1.8"/g)].length, 1);
});

Deno.test("drawChart() breaks the line at a gap and shades it", async () => {
  const even = await drawChart(chart, prices(60, (i) => i), about, { theme: "light" });
  const gap = await drawChart(chart, prices(60, (i) => i, (i) => i < 30 ? i : i + 30), about, {
    theme: "light",
  });
  const lines = (svg: string) => [...svg.matchAll(/d="M[^"]*"[^>]*stroke-width="1.8"/g)].length;
  equal(lines(even), 1);
  equal(lines(gap), 2);
  match(gap, /1 gap without data shaded/);
  match(gap, /fill="#eceef2"/);
});

Deno.test("drawChart() shows a row that stands alone between two gaps", async () => {
  const time = (i: number) => i < 30 ? i : i === 30 ? 60 : i + 60;
  const svg = await drawChart(chart, prices(60, (i) => i, time), about, { theme: "light" });
  match(svg, /2 gaps without data shaded/);
  equal([...svg.matchAll(/<path d="M[^"]*a[^"]*"/g)].length, 1);
});

Deno.test("drawChart() thins a big range and keeps its extremes", async () => {
  const spike = (i: number) => i === 77_777 ? 500 : i === 12_345 ? -500 : Math.sin(i / 50);
  const svg = await drawChart(chart, prices(100_000, spike), about, { theme: "light", width: 900 });
  match(svg, /100,000 rows, thinned with every high and low kept/);
  ok(pointsOf(svg).length < 2500, `${pointsOf(svg).length} points are drawn`);
  const values = readingsOf(svg).map(([, value]) => value);
  ok(
    Math.abs(Math.min(...values) + 500) < 1 && Math.abs(Math.max(...values) - 500) < 1,
    "the spikes are there",
  );
});

Deno.test("drawChart() gives every symbol a pane, and says how many it leaves out", async () => {
  const symbols = Array.from({ length: 8 }, (_, i) => `S${i}-USD`);
  const table = tableOf({
    symbol: ["text", symbols.flatMap((symbol) => [symbol, symbol])],
    time: ["timestamp", symbols.flatMap(() => minutes(0, 1))],
    price: ["double", symbols.flatMap((_, i) => [i, i + 1])],
  });
  const svg = await drawChart(chart, table, about, { theme: "light" });
  match(svg, />S5-USD: price</);
  ok(!svg.includes(">S6-USD: price<"));
  match(svg, /2 more symbols not drawn/);
});

const wrong = [
  [
    { kind: "pie", channels: {} },
    /"Price": there is no chart "pie", expected candles, heatmap, histogram, line, /,
  ],
  [{ kind: "toString", channels: {} }, /there is no chart "toString"/],
  [{ kind: "line", channels: { x: ["time"] } }, /chart line needs y=column, its channels are x, y/],
  [{ kind: "line", channels: { x: ["time"], y: ["prise"] } }, /y=prise is no column .* symbol, time, price$/],
  [{ kind: "line", channels: { x: ["time"], y: ["price"], z: ["price"] } }, /chart line has no channel "z"/],
  [{ kind: "line", channels: { x: ["time"], y: ["symbol"] } }, /column "symbol" as numbers: it is text/],
  [
    { kind: "line", channels: { x: ["time"], y: ["price"], band: ["price"] } },
    /band=price: it needs two columns/,
  ],
  [{ kind: "panes", channels: { x: ["time"] } }, /chart panes needs a pane/],
] as const;
for (const [chart, message] of wrong) {
  Deno.test(`drawChart() refuses ${JSON.stringify(chart)}`, async () => {
    await rejects(drawChart(chart, prices(3, (i) => i), about, { theme: "light" }), { message });
  });
}

Deno.test("toPng() renders in the font that ships with the project", async () => {
  const svg = await drawChart(chart, prices(10, (i) => i), about, {
    theme: "light",
    width: 400,
    height: 300,
  });
  const png = await toPng(svg, { scale: 2 });
  deepEqualSize(png, 800, 600);
  const without = await toPng(svg.replace(/<text.*?<\/text>/g, ""), { scale: 2 });
  ok(png.length > without.length + 3000, "the words are in the picture");
});

function deepEqualSize(png: Uint8Array, width: number, height: number): void {
  const view = new DataView(png.buffer, png.byteOffset);
  equal(view.getUint32(16), width);
  equal(view.getUint32(20), height);
}
