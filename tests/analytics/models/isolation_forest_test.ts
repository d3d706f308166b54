import { deepEqual, ok } from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { isolationForest } from "#analytics/models/isolation_forest.ts";
import { spearman } from "./spearman.ts";

const options = { trees: 100, samples: 256, seed: 1 };

/** The points of two moons among outliers, and what scikit-learn says of them (see make_scores.py). */
const file = new URL("../../fixtures/models/two_moons.csv", import.meta.url);
const moons = parse(await Deno.readTextFile(file), { from: 2 }).map((row: string[]) =>
  row.map(Number)
) as number[][];
const features = [0, 1].map((index) => Float64Array.from(moons, (row) => row[index]!));

Deno.test("isolationForest() ranks two moons as scikit-learn does", () => {
  // Forests of 100 trees differ by their seeds, scikit-learn's own as well.
  const scores = isolationForest(features, { ...options, trees: 1000 });
  const correlation = spearman(scores, moons.map((row) => row[2]!));
  ok(correlation >= 0.97, `${correlation}`);
});

Deno.test("isolationForest() gives the same scores for the same seed, others for another", () => {
  deepEqual(isolationForest(features, options), isolationForest(features, options));
  ok(spearman(isolationForest(features, options), isolationForest(features, { ...options, seed: 2 })) < 1);
});

Deno.test("isolationForest() scores the outlier highest", () => {
  const values = Float64Array.from({ length: 300 }, (_, n) => n === 123 ? 50 : Math.sin(n));
  const scores = isolationForest([values], options);
  ok(scores.every((score, n) => n === 123 || score < scores[123]!));
  ok(scores[123]! > 0.7 && scores[0]! < 0.6);
});

Deno.test.each([
  ["no rows", []],
  ["one row", [1]],
  ["equal rows", [2, 2, 2, 2]],
  ["neighbouring numbers", [1, 1 + Number.EPSILON]],
  ["numbers from tiny to huge", [5e-324, 1.7e308, -1.7e308, 0]],
])("isolationForest() gives finite scores for %s", (_, values) => {
  const scores = isolationForest([Float64Array.from(values)], options);
  ok(scores.length === values.length && scores.every((score) => score > 0 && score <= 1), `${scores}`);
});
