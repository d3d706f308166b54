import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { Table } from "#analytics/engine.ts";
import { exporters } from "#analytics/export/index.ts";
import { toParquet } from "#analytics/export/parquet.ts";

const time = Date.UTC(2026, 4, 1, 12, 0, 0, 123);

const table: Table = {
  rows: 3,
  columns: [
    { name: "symbol", type: "text", values: ["BTC-USD", `=HYPERLINK("http://x")&<b>`, null] },
    { name: "time", type: "timestamp", values: [time, time + 0.456, null] },
    { name: "price", type: "double", values: [67123.45, 0.1 + 0.2, null] },
    { name: "samples", type: "integer", values: [1, 2 ** 53 - 1, null] },
    { name: "is_anomaly", type: "boolean", values: [true, false, null] },
  ],
};

Deno.test("toNdjson() writes an object a row, times in ISO 8601, nothing rounded", () => {
  assert.deepEqual(
    [...exporters.ndjson(table)].join("").trimEnd().split("\n").map((line) => JSON.parse(line)),
    [
      { symbol: "BTC-USD", time: "2026-05-01T12:00:00.123Z", price: 67123.45, samples: 1, is_anomaly: true },
      {
        symbol: `=HYPERLINK("http://x")&<b>`,
        time: "2026-05-01T12:00:00.123Z",
        price: 0.30000000000000004,
        samples: 9007199254740991,
        is_anomaly: false,
      },
      { symbol: null, time: null, price: null, samples: null, is_anomaly: null },
    ],
  );
});

Deno.test("toParquet() keeps types, nulls, whole integers and microseconds", async () => {
  const bytes = await exporters.parquet(table);
  const file = bytes.buffer as ArrayBuffer;
  const types = parquetMetadata(file).schema.slice(1).map((
    { name, type, converted_type },
  ) => [name, type, converted_type]);
  assert.deepEqual(types, [
    ["symbol", "BYTE_ARRAY", "UTF8"],
    ["time", "INT64", "TIMESTAMP_MICROS"],
    ["price", "DOUBLE", undefined],
    ["samples", "INT64", undefined],
    ["is_anomaly", "BOOLEAN", undefined],
  ]);
  const parsers = { timestampFromMicroseconds: (micros: bigint) => micros };
  // deno-lint-ignore no-explicit-any
  const rows = await parquetReadObjects({ file, parsers: parsers as any });
  const micros = BigInt(time) * 1000n;
  assert.deepEqual(rows.slice(0, 2).map((row) => Object.values(row)), [
    ["BTC-USD", micros, 67123.45, 1n, true],
    [`=HYPERLINK("http://x")&<b>`, micros + 456n, 0.30000000000000004, 9007199254740991n, false],
  ]);
  assert(Object.values(rows[2]!).every((value) => value === null || value === undefined));
});

Deno.test("toParquet() marks the columns without a null, if it is to", async () => {
  const mixed: Table = {
    rows: 2,
    columns: [
      { name: "all", type: "text", values: ["a", "b"] },
      { name: "some", type: "double", values: [1, null] },
      { name: "numbers", type: "integer", values: new Float64Array([1, 2]) },
    ],
  };
  const repetition = async (options?: Parameters<typeof toParquet>[1]) => {
    const file = (await toParquet(mixed, options)).buffer as ArrayBuffer;
    return parquetMetadata(file).schema.slice(1).map(({ repetition_type }) => repetition_type);
  };
  assert.deepEqual(await repetition(), ["OPTIONAL", "OPTIONAL", "OPTIONAL"]);
  assert.deepEqual(await repetition({ nullable: false }), ["REQUIRED", "OPTIONAL", "REQUIRED"]);
});

Deno.test("toXlsx() writes numbers as numbers, times as dates, and no formula", async () => {
  const parts = unzip(await exporters.xlsx(table));
  const sheet = parts.get("xl/worksheets/sheet1.xml")!;
  assert.doesNotMatch(sheet, /<f[ >]/);
  assert.match(sheet, /<v>67123\.45<\/v>/);
  assert.match(sheet, /<v>0\.30000000000000004<\/v>/);
  // 2026-05-01T12:00:00.123Z in days since the end of 1899.
  const days = time / 86_400_000 + 25_569;
  const written = [...sheet.matchAll(/<v>(46\d+\.\d+)<\/v>/g)].map(([, value]) => Number(value));
  assert(written.some((value) => Math.abs(value - days) * 86_400_000 < 1), `${written} has ${days}`);
  const texts = [...parts.values()].join("");
  assert(texts.includes("time (UTC)"));
  assert(texts.includes("&amp;&lt;b&gt;"));
});

Deno.test("toXlsx() refuses more rows than a worksheet holds", async () => {
  const long: Table = {
    rows: 1_048_576,
    columns: [{ name: "n", type: "integer", values: new Float64Array(1_048_576) }],
  };
  await assert.rejects(
    exporters.xlsx(long),
    /1048576 rows, a worksheet holds 1048575; .* export csv or parquet/,
  );
});

/** The files of a ZIP, by its central directory (PKWARE's APPNOTE 4.3.12). */
function unzip(bytes: Uint8Array): Map<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + length));
  const files = new Map<string, string>();
  for (let at = 0; at < bytes.length - 46; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const [size, nameLength] = [view.getUint32(at + 20, true), view.getUint16(at + 28, true)];
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(start, start + size);
    const content = view.getUint16(at + 10, true) === 0 ? packed : inflateRawSync(packed);
    files.set(text(at + 46, nameLength), new TextDecoder().decode(content));
  }
  return files;
}
