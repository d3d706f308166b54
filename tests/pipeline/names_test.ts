import assert from "node:assert/strict";
import fc from "fast-check";
import {
  blobName,
  type BlobRange,
  compactName,
  hasStatedContent,
  parseBlobName,
  parseCompactName,
} from "#pipeline/store/names.ts";

const range: BlobRange = { generation: "ab12", partition: 3, first: 50, last: 99, date: "2026-05-01" };
const bytes = new TextEncoder().encode("{}\n");

Deno.test("blobName() is readable, Hive-style, and padded", () => {
  assert.equal(
    blobName("ticks", range, bytes),
    "ticks/generation=ab12/partition=3/date=2026-05-01/0000000000000050-0000000000000099-ca3d163b.ndjson",
  );
});

Deno.test("blobName() differs when the content differs, and when only the last number does", () => {
  const names = new Set([
    blobName("ticks", range, bytes),
    blobName("ticks", range, new TextEncoder().encode("{ }\n")),
    blobName("ticks", { ...range, last: 98 }, bytes),
    blobName("rejects", range, bytes),
  ]);
  assert.equal(names.size, 4);
});

Deno.test("parseBlobName() reads any name that blobName() wrote, and names sort as their events do", () => {
  const sequence = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  fc.assert(fc.property(sequence, sequence, fc.uint8Array(), (one, other, content) => {
    const ranges = [one, other].map((first) => ({ ...range, first, last: first }));
    const names = ranges.map((each) => blobName("ticks", each, content));
    const parsed = names.map((name) => parseBlobName(name)!);
    assert.deepEqual(parsed.map(({ first }) => first), [one, other]);
    if (one !== other) assert.equal(names[0]! < names[1]!, one < other);
  }));
});

Deno.test.each(["", "bitcoin_data_1.json", "ticks/partition=0/x.ndjson", "../ticks"])(
  "parseBlobName() knows nothing of %j",
  (name) => assert.equal(parseBlobName(name), null),
);

Deno.test("compactName() is readable, Hive-style, and read back", () => {
  const name = compactName({ date: "2026-05-01", symbol: "BTC-USD" }, bytes);
  assert.equal(name, "ticks/date=2026-05-01/symbol=BTC-USD/ticks-ca3d163bab055381.parquet");
  assert.deepEqual(parseCompactName(name), {
    date: "2026-05-01",
    symbol: "BTC-USD",
    hash: "ca3d163bab055381",
  });
  assert.equal(parseBlobName(name), null);
});

Deno.test("compactName() differs when the content differs", () => {
  const file = { date: "2026-05-01", symbol: "BTC-USD" };
  assert.notEqual(compactName(file, bytes), compactName(file, new TextEncoder().encode("{ }\n")));
});

Deno.test.each([
  "ticks.parquet",
  blobName("ticks", range, bytes),
  "ticks/date=2026-05-01/symbol=BTC-USD/part-0.parquet",
  "old/ticks/date=2026-05-01/symbol=BTC-USD/ticks-ca3d163bab055381.parquet",
])("parseCompactName() knows nothing of %j", (name) => assert.equal(parseCompactName(name), null));

Deno.test("hasStatedContent() finds a compacted file that was damaged, in any folder", () => {
  const name = compactName({ date: "2026-05-01", symbol: "BTC-USD" }, bytes);
  const damaged = new TextEncoder().encode("{ \n");
  for (const each of [name, `lake/${name}`, name.split("/").at(-1)!]) {
    assert.deepEqual([hasStatedContent(each, bytes), hasStatedContent(each, damaged)], [true, false], each);
  }
  assert.equal(hasStatedContent("part-0.parquet", damaged), true);
});
