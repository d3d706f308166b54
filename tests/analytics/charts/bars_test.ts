import { deepEqual, equal } from "node:assert/strict";
import { barLength, barsOf } from "#analytics/charts/bars.ts";
import { themes } from "#analytics/charts/theme.ts";
import { series, tableOf } from "./tables.ts";

const minute = 60_000;

Deno.test("barLength() is the shortest common length of which few enough fit", () => {
  equal(barLength(100 * minute, 100), minute);
  equal(barLength(101 * minute, 100), 5 * minute);
  equal(barLength(21 * 24 * 60 * minute, 200), 3 * 60 * minute);
});

Deno.test("barsOf() merges rows with every high, low and volume kept", () => {
  const rows = 7;
  const x = series(rows, (i) => i * minute);
  const table = tableOf({
    open: ["double", series(rows, (i) => 10 + i)],
    high: ["double", Float64Array.of(20, 99, 20, 20, 20, 20, 20)],
    low: ["double", Float64Array.of(5, 5, 5, 1, 5, NaN, 5)],
    close: ["double", series(rows, (i) => 11 + i)],
    volume: ["double", [1, 2, null, 4, 5, 6, 7]],
  });
  const channels = Object.fromEntries(
    ["open", "high", "low", "close", "volume"].map((name) => [name, [name]]),
  );
  const plot = { table, channels, notes: [], theme: themes.light, width: 100 };
  deepEqual(barsOf(plot, Uint32Array.from(x.keys()), x, { length: 3 * minute, origin: 0 }), [
    { start: 0, end: 3 * minute, open: 10, high: 99, low: 5, close: 13, volume: 3 },
    { start: 3 * minute, end: 6 * minute, open: 13, high: 20, low: 1, close: 15, volume: 9 },
    { start: 6 * minute, end: 9 * minute, open: 16, high: 20, low: 5, close: 17, volume: 7 },
  ]);
});
