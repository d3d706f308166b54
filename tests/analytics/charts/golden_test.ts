import { equal } from "node:assert/strict";
import type { ChartNote } from "#analytics/analysis.ts";
import { drawChart } from "#analytics/charts/index.ts";
import type { Table } from "#analytics/engine.ts";
import { minutes, series, tableOf } from "./tables.ts";

const folder = new URL("../../fixtures/charts/", import.meta.url);

/** `-- --update` after the test command draws the golden pictures anew: look at them before they are committed. */
const update = Deno.args.includes("--update");

const wave = series(90, (i) => 100 + 10 * Math.sin(i / 8));
const times = minutes(...Array.from(wave.keys()).map((i) => i < 60 ? i : i + 20));

const line = tableOf({
  symbol: ["text", Array(90).fill("BTC-USD")],
  time: ["timestamp", times],
  price: ["double", wave],
  moving_avg: ["double", series(90, (i) => 100 + 10 * Math.sin((i - 3) / 8))],
  lower: ["double", series(90, (i) => wave[i]! - 3)],
  upper: ["double", series(90, (i) => wave[i]! + 3)],
  is_anomaly: ["boolean", Array.from(wave, (price) => price > 109)],
});

const candles = tableOf({
  symbol: ["text", Array(90).fill("BTC-USD")],
  time: ["timestamp", times],
  open: ["double", wave],
  high: ["double", series(90, (i) => wave[i]! + 2)],
  low: ["double", series(90, (i) => wave[i]! - 2)],
  close: ["double", series(90, (i) => wave[i]! + Math.sin(i))],
  volume: ["double", series(90, (i) => 5 + (i * 7) % 11)],
});

const twoSymbols = tableOf({
  symbol: ["text", [...Array(45).fill("BTC-USD"), ...Array(45).fill("ETH-USD")]],
  time: ["timestamp", [...times.slice(0, 45), ...times.slice(0, 45)]],
  price: ["double", wave],
});

const hours = Array.from({ length: 7 * 24 }, (_, i) => i);
const week = tableOf({
  symbol: ["text", hours.map(() => "BTC-USD")],
  weekday: ["integer", hours.map((i) => 1 + Math.floor(i / 24))],
  hour: ["integer", hours.map((i) => i % 24)],
  avg_return_pct: ["double", hours.map((i) => Math.sin(i / 5) + (i === 100 ? 2 : 0))],
});

const prices = {
  x: ["time"],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close"],
  volume: ["volume"],
};
const cases: Readonly<Record<string, readonly [ChartNote, Table]>> = {
  line: [{ kind: "line", channels: { x: ["time"], y: ["price"] } }, line],
  line_band_mark: [{
    kind: "line",
    channels: { x: ["time"], y: ["price", "moving_avg"], band: ["lower", "upper"], mark: ["is_anomaly"] },
  }, line],
  line_symbols: [{ kind: "line", channels: { x: ["time"], y: ["price"] } }, twoSymbols],
  candles: [{ kind: "candles", channels: prices }, candles],
  heatmap: [{ kind: "heatmap", channels: { x: ["hour"], y: ["weekday"], color: ["avg_return_pct"] } }, week],
  histogram: [{ kind: "histogram", channels: { x: ["price"] } }, line],
  panes: [{
    kind: "panes",
    channels: {
      x: ["time"],
      price: ["price", "moving_avg"],
      band: ["lower", "upper"],
      volatility: ["upper"],
    },
  }, line],
  scatter: [
    { kind: "scatter", channels: { x: ["time"], y: ["price"], mark: ["is_anomaly"], score: ["price"] } },
    line,
  ],
};

const columns = [
  { name: "price", type: "double", about: "in the quote currency" },
  { name: "open", type: "double", about: "first price, in the quote currency" },
  { name: "volume", type: "double", about: "in the base currency" },
] as const;

for (const [name, [chart, table]] of Object.entries(cases)) {
  for (const theme of ["light", "dark"] as const) {
    Deno.test(`drawChart() draws ${name} in ${theme} as the golden picture`, async () => {
      const svg = await drawChart(chart, table, { title: `Golden ${name}`, columns }, { theme });
      const golden = new URL(`${name}_${theme}.svg`, folder);
      if (update) await writeGolden(golden, svg);
      equal(svg, await Deno.readTextFile(golden));
    });
  }
}

async function writeGolden(file: URL, svg: string): Promise<void> {
  if (Deno.env.get("CI")) {
    throw new Error("Refused to update golden pictures: CI is set, where they are the judge");
  }
  await Deno.writeTextFile(file, svg);
}
