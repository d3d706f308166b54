import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { toCsv } from "#analytics/csv.ts";
import { toParquet } from "#analytics/export/parquet.ts";
import { type LoadSummary, loadTicks } from "#analytics/load.ts";
import { readTickGroups, tickReader } from "#analytics/parquet_ticks.ts";
import { tickColumns } from "#analytics/tick_columns.ts";
import type { StoredTick } from "#pipeline/tick.ts";
import { engines } from "./engines.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";
import { type ParquetForm, tickParquet } from "./tick_parquet.ts";

const all = { from: null, to: null, symbol: null };
const micros = "2026-05-01T00:00:01.000123Z";

/** What a tick may look like. */
const ticks: readonly StoredTick[] = [
  storedTick(0),
  storedTick(1, { time: micros, received_at: micros, enqueued_at: micros }),
  storedTick(2, { size: null, side: null, symbol: "ETH-USD" }),
  storedTick(3, { id: "simulated|BTC-USD|ünï", source: "simulated", side: "sell", size: 0 }),
  storedTick(4, { time: "1969-12-31T23:59:59.999Z", partition: -1, generation: "génération" }),
  storedTick(5, { id: "simulated|BTC-USD|", sequence_number: Number.MAX_SAFE_INTEGER }),
  storedTick(6, { id: "simulated|BTC-USD|0017" }),
];
const wholeMillis = ticks.filter(({ time }) => time !== micros);

/** A CSV has no microseconds, and no text of an integer is rounded. */
const exactTicks = `
  select *, epoch_us(time)::text, epoch_us(received_at)::text, epoch_us(enqueued_at)::text, sequence_number::text
  from ticks
  order by position`;

for (const [name, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

  const load = (blobs: Record<string, string | Uint8Array>) => loadTicks(engine, memoryStore(blobs), all);
  const ticksOf = async (blobs: Record<string, string | Uint8Array>): Promise<string> => {
    await load(blobs);
    return [...toCsv(await engine.run(exactTicks))].join("");
  };

  Deno.test.each<[string, readonly StoredTick[], ParquetForm]>([
    ["in microseconds", ticks, {}],
    ["in milliseconds", wholeMillis, { unit: "MILLIS" }],
    ["in nanoseconds, of which the last digits go", ticks, { unit: "NANOS" }],
    ["in small row groups, without compression", ticks, { rowGroupSize: 2, codec: "UNCOMPRESSED" }],
    ["with integers that are DOUBLE, as pandas has those that may be null", ticks, {
      schema: { partition: { type: "DOUBLE" }, sequence_number: { type: "DOUBLE" } },
    }],
    ["with the one type of a text that has no logical one", ticks, {
      schema: { id: { type: "BYTE_ARRAY", converted_type: undefined } },
    }],
  ])(`${name}: Parquet %s is read as the same ticks in NDJSON are`, async (_, ticks, form) => {
    const expected = await ticksOf({ "a.ndjson": ndjson(ticks) });
    const parquet = tickParquet(ticks, form);
    equal(await ticksOf({ "a.parquet": parquet }), expected);
    // Each tick once, whichever it is read from.
    equal(await ticksOf({ "a.parquet": parquet, "b.ndjson": ndjson(ticks) }), expected);
    deepEqual(await redelivered({ "a.parquet": parquet, "b.ndjson": ndjson(ticks) }), ticks.length);
  });

  const redelivered = async (blobs: Record<string, string | Uint8Array>) => (await load(blobs)).redelivered;

  Deno.test(`${name}: Parquet that the project exports is read, row groups and all`, async () => {
    const many = Array.from({ length: 100_003 }, (_, n) => storedTick(n, { price: 100 + n % 7 }));
    const ndjsonBlob = { "a.ndjson": ndjson(many) };
    const sql =
      `select symbol, time, price, size, side, source, id, received_at, enqueued_at, partition, sequence_number,
      generation from ticks order by time, symbol, sequence_number, id`;
    await load(ndjsonBlob);
    const file = await toParquet(await engine.run(sql));
    const digest = "select count(*) as n, sum(hash(columns(*))::double) from ticks";
    const expected = [...toCsv(await engine.run(digest))];
    equal((await load({ "x.parquet": file })).ticks, 100_003);
    deepEqual([...toCsv(await engine.run(digest))], expected);
  });

  Deno.test(`${name}: Parquet without what a hub adds is read, and a symbol is taken from a Hive name`, async () => {
    const without = ["enqueued_at", "partition", "sequence_number", "generation", "size", "side", "symbol"];
    const bytes = tickParquet([storedTick(0)], { without });
    const { ticks } = await load({ "lake/symbol=BTC-USD/part-0.parquet": bytes });
    equal(ticks, 1);
    const { columns } = await engine.run(
      "select symbol, size, side, partition, sequence_number, generation from ticks",
    );
    deepEqual(columns.map(({ values }) => values[0]), ["BTC-USD", null, null, null, null, null]);
  });

  Deno.test(`${name}: Parquet keeps sequence numbers beyond 2^53 apart`, async () => {
    const instead = { sequence_number: { 0: 9007199254740992n, 1: 9007199254740993n, 2: 2n ** 63n - 1n } };
    const three = [0, 1, 2].map((n) => storedTick(n));
    equal((await load({ "a.parquet": tickParquet(three, { instead }) })).ticks, 3);
    const { columns } = await engine.run("select sequence_number::text as n from ticks order by id");
    deepEqual(Array.from(columns[0]!.values), [
      "9007199254740992",
      "9007199254740993",
      "9223372036854775807",
    ]);
  });

  Deno.test(`${name}: Parquet rows are judged by the rules of a line, each named with its number`, async () => {
    const bad: readonly [string, unknown, string][] = [
      ["price", 0, 'field "price" is 0, expected a finite number above 0'],
      ["price", NaN, 'field "price" is NaN, expected a finite number above 0'],
      ["price", Infinity, 'field "price" is Infinity, expected a finite number above 0'],
      ["price", null, 'field "price" is null, expected a finite number above 0'],
      ["size", -1, 'field "size" is -1, expected a finite number, 0 or more, or null'],
      ["size", NaN, 'field "size" is NaN, expected a finite number, 0 or more, or null'],
      ["side", "long", 'field "side" is "long", expected "buy", "sell" or null'],
      ["symbol", "btc", 'field "symbol" is "btc", expected a pair such as BTC-USD'],
      ["source", null, 'field "source" is null, expected 1 to 32 of a-z, 0-9 and _'],
      ["id", "simulated|ETH-USD|1", 'field "id" is "simulated|ETH-USD|1", expected one that starts with'],
      ["id", "simulated|BTC-USD|\t", "expected 1 to 256 printable characters"],
      ["id", `simulated|BTC-USD|${"1".repeat(240)}`, "expected 1 to 256 printable characters"],
      ["id", new Uint8Array([0xff, 0xfe]), 'field "id" is "2 bytes", expected UTF-8 text'],
      ["time", null, 'field "time" is null, expected an ISO 8601 UTC time'],
      ["time", 2n ** 62n, 'field "time" is "4611686018427387904", expected an ISO 8601 UTC time'],
      ["received_at", null, 'field "received_at" is null'],
      [
        "enqueued_at",
        -(2n ** 62n),
        'field "enqueued_at" is "-4611686018427387904", expected a time of the years',
      ],
    ];
    const instead: Record<string, Record<number, unknown>> = {};
    for (const [row, [column, value]] of bad.entries()) (instead[column] ??= {})[row + 1] = value;
    const rows = Array.from({ length: bad.length + 2 }, (_, n) => storedTick(n));
    const bytes = tickParquet(rows, {
      instead,
      schema: { id: { type: "BYTE_ARRAY" } },
      rowGroupSize: 4,
    });
    const refused = await refusals({ "b.parquet": bytes });
    equal(refused.ticks, 2);
    deepEqual(refused.lines.map(({ line }) => line), bad.map((_, row) => row + 2));
    for (const [row, [, , reason]] of bad.entries()) {
      equal(refused.lines[row]!.reason.includes(reason), true, `${refused.lines[row]!.reason} has ${reason}`);
    }
  });

  /** All refused lines; a summary has the first ten. */
  const refusals = async (blobs: Record<string, Uint8Array>) => {
    const { ticks } = await load(blobs);
    const { columns, rows } = await engine.run("select line, reason from refused_ticks order by blob, line");
    const [line, reason] = columns.map(({ values }) => values);
    const lines = Array.from(
      { length: rows },
      (_, row) => ({ line: line![row] as number, reason: reason![row] as string }),
    );
    return { ticks, lines };
  };

  const good = { "good.ndjson": ndjson([storedTick(0)]) };
  const counts = ({ lines, ticks, refused }: LoadSummary) => ({ lines, ticks, refused });

  Deno.test.each<[string, Uint8Array, RegExp]>([
    ["no bytes", new Uint8Array(), /^the file is no Parquet, or damaged: /],
    ["a text", new TextEncoder().encode("symbol,time,price\n"), /^the file is no Parquet, or damaged: /],
    ["half of a file", tickParquet(ticks).slice(0, 700), /^the file is no Parquet, or damaged: /],
    ["no price", tickParquet(ticks, { without: ["price"] }), /^column "price" is missing, expected DOUBLE$/],
    [
      "no symbol",
      tickParquet(ticks, { without: ["symbol"] }),
      /^column "symbol" is missing, expected a text$/,
    ],
    [
      "times that are numbers",
      tickParquet(ticks, { schema: { time: { type: "INT64" } }, instead: { time: rowsOf(1n) } }),
      /^column "time" is INT64, expected a TIMESTAMP$/,
    ],
    [
      "prices that are texts",
      tickParquet(ticks, {
        schema: { price: { type: "BYTE_ARRAY", converted_type: "UTF8" } },
        instead: { price: rowsOf("1") },
      }),
      /^column "price" is UTF8, expected DOUBLE$/,
    ],
  ])(`${name}: a .parquet of %s is refused once, and the others are read`, async (_, bytes, reason) => {
    const summary = await load({ ...good, "x.parquet": bytes });
    deepEqual(counts(summary), { lines: 2, ticks: 1, refused: 1 });
    equal(`${summary.refusals[0]!.blob}:${summary.refusals[0]!.line}`, "x.parquet:1");
    match(summary.refusals[0]!.reason, reason);
  });

  Deno.test(`${name}: of a damaged Parquet file, the row groups that are whole are read`, async () => {
    const rows = Array.from({ length: 300 }, (_, n) => storedTick(n, { price: 100 + Math.sin(n) }));
    const bytes = tickParquet(rows, { rowGroupSize: 100 });
    // In the middle of the second one.
    bytes.fill(0xff, bytes.length * 0.45, bytes.length * 0.5);
    const summary = await load({ "x.parquet": bytes });
    deepEqual(counts(summary), { lines: 201, ticks: 200, refused: 1 });
    match(summary.refusals[0]!.reason, /^rows 101 to 200 are damaged: /);
    equal(summary.refusals[0]!.line, 101);
  });

  Deno.test(`${name}: a compression that is unknown ends the load, and says which file to write again`, async () => {
    const bytes = tickParquet(ticks);
    // The footer says of each column: i32 codec (field 4), zigzag of 1 for Snappy; 5 is LZ4.
    const footer = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
    const codec = bytes.findIndex((byte, at) =>
      at > footer && byte === 0x15 && bytes[at + 1] === 2 && bytes[at + 2] === 0x16
    );
    bytes[codec + 1] = 10;
    await rejects(
      load({ "a/x.parquet": bytes }),
      /^Error: Cannot read a\/x\.parquet: its compression LZ4 is unknown here; write it again with Snappy$/,
    );
    // The engine is as good as before.
    equal((await load(good)).ticks, 1);
  });
}

function rowsOf(value: unknown): Record<number, unknown> {
  return Object.fromEntries(ticks.map((_, row) => [row, value]));
}

Deno.test("a damaged footer is a problem of the file, whichever byte it is, and no error", async () => {
  const bytes = tickParquet(ticks);
  const footer = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  const target = tickColumns(64);
  const reader = tickReader(target);
  let problems = 0;
  for (let at = footer; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0x40;
    try {
      for await (const { problem, rows, column } of readTickGroups("x.parquet", damaged)) {
        target.clear();
        const readRow = reader(column);
        for (let row = 0; row < Math.min(rows, 64); row++) readRow(row);
        if (problem !== null) problems++;
      }
    } catch (error) {
      match((error as Error).message, /^Cannot read x\.parquet: its compression .* is unknown here/);
    }
  }
  equal(problems > 100, true, `${problems} problems`);
});
