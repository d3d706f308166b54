import assert from "node:assert/strict";
import type { Analysis } from "#analytics/analysis.ts";
import type { Table, Value } from "#analytics/engine.ts";
import { headline, headlineTable, sparkline } from "#scripts/headline.ts";

const analysis = {
  charts: [{ kind: "line", channels: { x: ["time"], y: ["price", "moving_avg"] } }],
  columns: [{ name: "moving_avg", type: "double", about: "USD" }],
} as unknown as Analysis;

function table(values: Value[]): Table {
  return { rows: values.length, columns: [{ name: "moving_avg", type: "double", values }] };
}

Deno.test("headline() is the column that the first chart draws last, nulls left out", () => {
  assert.deepEqual(headline(analysis, table([null, 3, 1, null])), {
    column: "moving_avg",
    about: "USD",
    last: 1,
    min: 1,
    max: 3,
    course: [null, 3, 1, null],
  });
});

Deno.test("headline() shortens a long column to the means of equal shares", () => {
  const values = Array.from({ length: 2_400 }, (_, index) => index);
  assert.deepEqual(headline(analysis, table(values))!.course.slice(0, 2), [49.5, 149.5]);
  assert.equal(headline(analysis, table(values))!.course.length, 24);
});

Deno.test("headline() of nothing, or of no chart", () => {
  assert.deepEqual(headline(analysis, table([]))!.last, null);
  assert.equal(headline({ ...analysis, charts: [] }, table([1])), null);
});

Deno.test.each<[(number | null)[], string]>([
  [[0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"],
  [[-1, null, 1], "▁·█"],
  [[5, 5], "▄▄"],
  [[], ""],
])("sparkline() of %j", (course, expected) => assert.equal(sparkline(course), expected));

Deno.test("headlineTable() lines its columns up", () => {
  const headlines = [headline(analysis, table([1, 2])), null];
  const lines = headlineTable([
    { name: "a", rows: 2_000, headline: headlines[0]! },
    { name: "bb", rows: 1, headline: headlines[1]! },
  ]).split("\n");
  assert.deepEqual(lines, ["  a   2,000 rows  2 moving_avg  ▁█", "  bb      1 rows"]);
});
