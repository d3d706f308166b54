import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { toCsv } from "#analytics/csv.ts";
import type { Column, ColumnType, Value } from "#analytics/engine.ts";

function csv(...columns: [string, ColumnType, Value[]][]): string {
  const named = columns.map(([name, type, values]): Column => ({ name, type, values }));
  return [...toCsv({ columns: named, rows: named[0]!.values.length })].join("");
}

Deno.test("toCsv() writes each type", () => {
  const written = csv(
    ["symbol", "text", ["BTC-USD", null]],
    ["time", "timestamp", [1746246720325.597, null]],
    ["price", "double", [0.1 + 0.2, null]],
    ["samples", "integer", [12, null]],
    ["is_anomaly", "boolean", [true, false]],
  );
  equal(
    written,
    [
      "symbol,time,price,samples,is_anomaly",
      "BTC-USD,2025-05-03T04:32:00.325Z,0.30000000000000004,12,true",
      ",,,,false",
      "",
    ].join("\n"),
  );
});

Deno.test("toCsv() writes the header of an empty table", () => {
  equal(csv(["symbol", "text", []], ["a,b", "double", []]), 'symbol,"a,b"\n');
});

Deno.test.each([["=1+1"], ["+1"], ["-1"], ["@a"], ["\ta"], ["\ra"], ["\na"]])(
  "toCsv() keeps a spreadsheet from running %j",
  (text) => {
    deepEqual(parse(csv(["text", "text", [text]]))[1], [`'${text}`]);
  },
);

Deno.test("toCsv() leaves a negative number a number", () => {
  equal(csv(["change", "double", [-1.5]]), "change\n-1.5\n");
});

Deno.test.each([[NaN], [Infinity], [-Infinity]])("toCsv() refuses %d with column and row", (value) => {
  throws(() => csv(["price", "double", [1, value]]), {
    name: "RangeError",
    message: `Cannot write CSV: column "price" is ${value} in row 2, expected a finite number`,
  });
});

Deno.test("toCsv() is read back by another's parser", () => {
  const cell = fc.string({ unit: "grapheme" }).filter((text) => !/^[=+\-@\t\r\n]/.test(text));
  const row = fc.tuple(cell, fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(fc.property(fc.array(row, { minLength: 1 }), (rows) => {
    const text = csv(["a", "text", rows.map(([a]) => a)], ["b", "double", rows.map(([, b]) => b)]);
    const read = parse(text, { from: 2 }).map(([a, b]: string[]) => [a, Number(b)]);
    deepEqual(read, rows.map(([a, b]) => [a, b === 0 ? 0 : b]));
  }));
});

Deno.test("toCsv() writes in chunks", () => {
  const chunks = [
    ...toCsv({ rows: 10_000, columns: [{ name: "n", type: "double", values: new Float64Array(10_000) }] }),
  ];
  equal(chunks.length > 3, true);
  equal(chunks.join("").split("\n").length, 10_002);
});
