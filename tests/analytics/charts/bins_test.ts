import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { binsFor, countIn } from "#analytics/charts/bins.ts";

const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 300 })
  .map((values) => Float64Array.from(values));

Deno.test("countIn() counts every value once, in the bin that holds it", () => {
  fc.assert(fc.property(numbers, (values) => {
    const bins = binsFor(values);
    const counts = countIn(bins, values);
    equal(counts.reduce((sum, count) => sum + count, 0), values.length);
    ok(bins.count >= 1 && bins.count <= 130, `${bins.count} bins`);
    const low = Math.min(...values);
    ok(bins.start <= low + 1e-6 * bins.width && low < bins.start + 2 * bins.width);
  }));
});

Deno.test("binsFor() makes bins of a round width, one alone where all values are equal", () => {
  const { width } = binsFor(Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i)));
  ok([0.1, 0.2, 0.05].some((round) => Math.abs(width - round) < 1e-12), `${width}`);
  equal(binsFor(Float64Array.of(5, 5, 5)).count, 1);
});
