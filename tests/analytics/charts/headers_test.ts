import { doesNotThrow } from "node:assert/strict";
import { readAnalyses } from "#analytics/catalog.ts";
import { kindOf } from "#analytics/charts/kinds.ts";

for (const { name, title, columns, charts } of await readAnalyses()) {
  for (const chart of charts) {
    Deno.test(`kindOf() knows the chart ${chart.kind} of sql/analyses/${name}.sql and its columns`, () => {
      const table = { columns: columns.map((column) => ({ ...column, values: [] })), rows: 0 };
      doesNotThrow(() => kindOf(chart, table, title));
    });
  }
}
