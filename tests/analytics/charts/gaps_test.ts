import { deepEqual, equal, ok } from "node:assert/strict";
import { gapsIn, longestStep, usualStep } from "#analytics/charts/gaps.ts";

function gapsOf(times: readonly number[], least = 0) {
  const [rows, x] = [Uint32Array.from(times.keys()), Float64Array.from(times)];
  return gapsIn(rows, x, longestStep(rows, x, least));
}

const even = Array.from({ length: 100 }, (_, i) => i);

Deno.test("gapsIn() finds a hole among even steps, and takes a few missing ones for none", () => {
  deepEqual(gapsOf(even), []);
  deepEqual(gapsOf(even.map((i) => i < 50 ? i : i + 5)), []);
  deepEqual(gapsOf(even.map((i) => i < 50 ? i : i + 6)), [{ from: 49, to: 56 }]);
});

Deno.test("gapsIn() finds the one hole of DATA605's 700 readings: 452 s among minutes", () => {
  const readings = Array.from(
    { length: 700 },
    (_, i) => 60_000 * i + (i > 264 ? 392_000 : 0) + (i * 7919) % 900,
  );
  equal(gapsOf(readings).length, 1);
});

Deno.test("gapsIn() finds none in trades that come at random", () => {
  // Exponential steps by inversion, from a generator of its own so that they are the same everywhere.
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  let time = 0;
  const trades = Array.from({ length: 20_000 }, () => time -= Math.log(random()));
  deepEqual(gapsOf(trades), []);
});

Deno.test("gapsIn() ignores what is too short to be seen, and what too few rows can't tell", () => {
  deepEqual(gapsOf(even.map((i) => i < 50 ? i : i + 20), 30), []);
  deepEqual(gapsOf([0, 1, 1000]), []);
});

Deno.test("usualStep() is the median, whatever the holes", () => {
  const times = Float64Array.from([0, 10, 20, 30, 1000, 1010]);
  equal(usualStep(Uint32Array.from(times.keys()), times, 5), 10);
  equal(usualStep(new Uint32Array(1), times, 5), 5);
  ok(longestStep(new Uint32Array(2), times, 0) === Infinity);
});
