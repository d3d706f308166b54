import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { changePoint } from "#analytics/models/change_point.ts";
import { spikeAndDip } from "#analytics/models/spike_and_dip.ts";

const near = (actual: number, expected: number) =>
  ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);

Deno.test("spikeAndDip() gives the p-values of ML.NET's published example", () => {
  const judge = spikeAndDip({ confidence: 80, history: 2, sides: "both" });
  const verdicts = [5, 5, 5, 5, 5, 10, 5, 5, 5, 5].map(judge);
  const expected = [0.5, 0.5, 0.5, 0.5, 0.5, 1e-8, 0.261375, 0.261375, 0.5, 0.5];
  for (const [index, { pValue }] of verdicts.entries()) near(pValue, expected[index]!);
  deepEqual(verdicts.flatMap(({ isAnomaly }, index) => isAnomaly ? [index] : []), [5]);
});

Deno.test("spikeAndDip() looks at the sides it is told to", () => {
  const alerts = (sides: "both" | "spikes" | "dips") => {
    const judge = spikeAndDip({ confidence: 95, history: 4, sides });
    return [5, 6, 5, 6, 50, 5, 6, 5, 6, 5, 6, -50].flatMap((value, index) =>
      judge(value).isAnomaly ? [index] : []
    );
  };
  deepEqual([alerts("spikes"), alerts("dips"), alerts("both")], [[4], [11], [4, 11]]);
});

Deno.test("spikeAndDip() alerts at the earliest at the event that makes the history full", () => {
  const first = (history: number) => {
    const judge = spikeAndDip({ confidence: 90, history, sides: "both" });
    return [1, 1, 1, 9, 9 ** 2, 9 ** 3, 9 ** 4, 9 ** 5].findIndex((value) => judge(value).isAnomaly);
  };
  deepEqual([first(2), first(4), first(6)], [3, 3, 5]);
});

Deno.test("changePoint() finds where the level changes, once", () => {
  const judge = changePoint({ confidence: 95, history: 10 });
  const values = Array.from({ length: 60 }, (_, n) => (n < 30 ? 100 : 110) + Math.sin(n));
  const changes = values.flatMap((value, index) => judge(value).isChange ? [index] : []);
  equal(changes.length, 1);
  ok(changes[0]! >= 30 && changes[0]! < 40, `at ${changes[0]}`);
});

Deno.test("changePoint() begins as if the first event had come before", () => {
  // ln(e) + (e - 1) ln(p) with e = 0.1 and p = 0.5, in each of three slots.
  near(changePoint({ confidence: 95, history: 3 })(7).score, 3 * (Math.log(0.1) - 0.9 * Math.log(0.5)));
});

Deno.test("the detectors' scores are finite whatever the values", () => {
  const value = fc.double({ min: -1e30, max: 1e30, noNaN: true });
  fc.assert(fc.property(fc.array(value), fc.integer({ min: 2, max: 9 }), (values, history) => {
    const spikes = spikeAndDip({ confidence: 98, history, sides: "both" });
    const changes = changePoint({ confidence: 98, history });
    for (const value of values) {
      const p = spikes(value).pValue;
      ok(p >= 1e-9 && p <= 0.5);
      ok(Number.isFinite(changes(value).score));
    }
  }));
});
