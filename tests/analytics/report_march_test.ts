import { equal, ok } from "node:assert/strict";
import type { ChartNote } from "#analytics/analysis.ts";
import { drawChart } from "#analytics/charts/index.ts";
import { renderReport } from "#analytics/report.ts";
import { readingsOf } from "./charts/picture.ts";
import { tableOf } from "./charts/tables.ts";
import { sampleReport } from "./report_samples.ts";

/** A third party's minutes of March 2023, beside the project where there are any: not ours to copy. */
const file = new URL("../../../shared/data/btcusd_1m_2023-03.csv", import.meta.url);
const ignore = !await Deno.stat(file).then(() => true, () => false);

async function readMarch() {
  const lines = (await Deno.readTextFile(file)).trim().split("\n").slice(1).map((line) => line.split(","));
  const numbers = (at: number) => Float64Array.from(lines, (cells) => Number(cells[at]));
  const close = numbers(4);
  return tableOf({
    symbol: ["text", lines.map(() => "BTC-USD")],
    time: ["timestamp", Float64Array.from(lines, ([time = ""]) => Date.parse(time.replace(" ", "T")))],
    open: ["double", numbers(1)],
    high: ["double", numbers(2)],
    low: ["double", numbers(3)],
    price: ["double", close],
    volume: ["double", numbers(5)],
    is_anomaly: [
      "boolean",
      Array.from(close, (price, i) => Math.abs(price / (close[i - 1] ?? price) - 1) > 0.004),
    ],
  });
}

const line: ChartNote = { kind: "line", channels: { x: ["time"], y: ["price"], mark: ["is_anomaly"] } };

Deno.test({
  name: "drawChart() shows the bank crisis of March 2023: the fall until the 10th, the rise until the 14th",
  ignore,
  async fn() {
    const svg = await drawChart(line, await readMarch(), { title: "March", columns: [] }, { theme: "light" });
    const readings = readingsOf(svg);
    const day = (of: number) =>
      readings.filter(([time]) => new Date(time).toISOString().startsWith(`2023-03-${of}`));
    const lows = (of: number) => Math.min(...day(of).map(([, price]) => price));
    const highs = (of: number) => Math.max(...day(of).map(([, price]) => price));
    // The lowest and the highest close of the 10th and the 14th, as they are in the file, to half a pixel.
    ok(Math.abs(lows(10) - 19_594.56) < 15, `${lows(10)}`);
    ok(Math.abs(highs(14) - 26_455.47) < 15, `${highs(14)}`);
    equal(Math.min(...readings.map(([, price]) => price)), lows(10));
  },
});

Deno.test({
  name: "renderReport() of thirty charts of a month of minutes stays under 3 MB",
  ignore,
  async fn() {
    const table = await readMarch();
    const prices = { open: ["open"], high: ["high"], low: ["low"], close: ["price"], volume: ["volume"] };
    const candles: ChartNote = { kind: "candles", channels: { x: ["time"], ...prices } };
    const report = await sampleReport();
    const [section] = report.sections;
    const draw = (chart: ChartNote, theme: "light" | "dark") =>
      drawChart(chart, table, { title: "March", columns: [] }, { theme });
    const charts = await Promise.all([line, candles].map(async (chart) => ({
      light: await draw(chart, "light"),
      dark: await draw(chart, "dark"),
    })));
    const sections = Array.from({ length: 15 }, () => ({ ...section!, table, charts }));
    const bytes = new TextEncoder().encode(renderReport({ ...report, sections })).length;
    ok(bytes < 3_000_000, `${bytes} bytes`);
  },
});
