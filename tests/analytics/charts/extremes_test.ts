import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { keepExtremes } from "#analytics/charts/extremes.ts";

/** Rows in order of x, some of them without a y. */
const samples = fc.array(
  fc.tuple(fc.nat(1000), fc.oneof({ weight: 9, arbitrary: fc.integer() }, fc.constant(NaN))),
  {
    minLength: 1,
  },
).map((pairs) => {
  const sorted = pairs.sort(([a], [b]) => a - b);
  return {
    rows: Uint32Array.from(sorted.keys()),
    x: Float64Array.from(sorted, ([x]) => x),
    y: Float64Array.from(sorted, ([, y]) => y),
  };
});

Deno.test("keepExtremes() keeps first, last, lowest and highest of every bucket, in order, and no more than four", () => {
  fc.assert(fc.property(samples, fc.integer({ min: 1, max: 300 }), ({ rows, x, y }, width) => {
    const kept = keepExtremes(rows, x, y, width);
    ok(kept.every((row, i) => i === 0 || kept[i - 1]! < row));
    const bucketOf = (row: number) => Math.floor((x[row]! - x[0]!) / width);
    const seen = Array.from(rows).filter((row) => !Number.isNaN(y[row]!));
    for (const bucket of new Set(seen.map(bucketOf))) {
      const all = seen.filter((row) => bucketOf(row) === bucket);
      const some = kept.filter((row) => bucketOf(row) === bucket);
      ok(some.length <= 4);
      equal(some[0], all[0]);
      equal(some.at(-1), all.at(-1));
      const values = (among: readonly number[]) => among.map((row) => y[row]!);
      equal(Math.min(...values(some)), Math.min(...values(all)));
      equal(Math.max(...values(some)), Math.max(...values(all)));
    }
  }));
});

Deno.test("keepExtremes() of no width keeps every row that has a value", () => {
  fc.assert(fc.property(samples, ({ rows, x, y }) => {
    deepEqual(keepExtremes(rows, x, y, 0), Array.from(rows).filter((row) => !Number.isNaN(y[row]!)));
  }));
});
