import { deepEqual, equal, rejects } from "node:assert/strict";
import fc from "fast-check";
import { readAnalyses } from "#analytics/catalog.ts";
import { toCsv } from "#analytics/csv.ts";
import { type LoadRange, loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { engines } from "./engines.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const all: LoadRange = { from: null, to: null, symbol: null };

for (const [name, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());
  const load = (blobs: Record<string, string | Uint8Array>, range: Partial<LoadRange> = {}) =>
    loadTicks(engine, memoryStore(blobs), { ...all, ...range });

  /** The loaded ticks, in their order, some columns each. */
  const ticks = async (...names: string[]) => {
    const { columns, rows } = await engine.run("select * from ticks");
    return Array.from(
      { length: rows },
      (_, row) => names.map((name) => columns.find((column) => column.name === name)!.values[row]),
    );
  };

  Deno.test(`${name}: loadTicks() reads its own lines and DATA605's, in one store`, async () => {
    const summary = await load({
      "ticks/generation=g1/partition=0/date=2026-05-01/0-1.ndjson": ndjson([storedTick(0), storedTick(1)]),
      "bitcoin_data_1.json": '{"currency": "BTC", "price_usd": 96503.0, "timestamp": 1746246720.3255968}',
      "more.jsonl": ndjson([storedTick(2, { symbol: "ETH-USD" })]),
      "rejects/generation=g1/partition=0/date=2026-05-01/2-2.ndjson": '{"reason":"no tick"}',
      "gaps/partition=0.json": '{"reason":"no tick"}',
      "readme.txt": "no tick",
    });
    deepEqual(summary, {
      blobs: 3,
      lines: 4,
      ticks: 4,
      refused: 0,
      outside: 0,
      redelivered: 0,
      repeated: 0,
      symbols: ["BTC-USD", "ETH-USD"],
      from: "2025-05-03T04:32:00.325Z",
      to: "2026-05-01T00:00:02.000Z",
      refusals: [],
    });
    deepEqual(await ticks("id", "source", "price", "time", "received_at", "size", "sequence_number"), [
      [
        "data605|BTC-USD|1746246720325597",
        "data605",
        96503,
        1746246720325.597,
        1746246720325.597,
        null,
        null,
      ],
      ["simulated|BTC-USD|0", "simulated", 100, 1777593600000, 1777593600000, 0.5, 0],
      ["simulated|BTC-USD|1", "simulated", 101, 1777593601000, 1777593601000, 0.5, 1],
      ["simulated|ETH-USD|2", "simulated", 102, 1777593602000, 1777593602000, 0.5, 2],
    ]);
  });

  Deno.test.each([["no blobs", {}], ["empty blobs", { "a.ndjson": "", "b.json": "\n" }]])(
    `${name}: loadTicks() takes a store with %s`,
    async (_, blobs) => {
      const summary = await load(blobs);
      deepEqual([summary.lines, summary.ticks, summary.symbols, summary.from, summary.to], [
        0,
        0,
        [],
        null,
        null,
      ]);
    },
  );

  Deno.test(`${name}: loadTicks() counts each bad line with blob, line and reason`, async () => {
    const good = storedTick(0);
    const bad = (given: Record<string, unknown>) => JSON.stringify({ ...good, ...given });
    const lines: [string, string][] = [
      ["{oops", 'the line is "{oops", expected JSON'],
      [bad({ price: 0 }), 'field "price" is 0, expected a finite number above 0'],
      [bad({ side: "long" }), 'field "side" is "long", expected "buy", "sell" or null'],
      ['{"currency":"BTC","timestamp":1}', 'field "price_usd" is missing, expected a finite number above 0'],
    ];
    const text = `\ufeff${JSON.stringify(good)}\r\n${lines.map(([line]) => `${line}\r\n`).join("")}`;
    const { lines: count, ticks, refused, refusals } = await load({ "b.ndjson": text });
    deepEqual([count, ticks, refused], [5, 1, 4]);
    deepEqual(refusals, lines.map(([, reason], index) => ({ blob: "b.ndjson", line: index + 2, reason })));
  });

  Deno.test(`${name}: loadTicks() names the first ten refused lines`, async () => {
    const { refused, refusals } = await load({ "b.ndjson": "x\n".repeat(12), "a.ndjson": "y" });
    equal(refused, 13);
    deepEqual(refusals.map(({ blob, line }) => `${blob}:${line}`).slice(0, 3), [
      "a.ndjson:1",
      "b.ndjson:1",
      "b.ndjson:2",
    ]);
    equal(refusals.length, 10);
  });

  Deno.test(`${name}: loadTicks() keeps one of the lines of an event, and one of the events of a tick`, async () => {
    const [first, second] = [storedTick(0), storedTick(1)];
    const later = { sequence_number: 9, enqueued_at: "2026-05-02T00:00:00.000Z" };
    const summary = await load({
      "a.ndjson": ndjson([{ ...first, ...later }, second]),
      "b.ndjson": ndjson([first, second]),
      "c.ndjson": ndjson([{ ...second, generation: "g2" }, { ...first, partition: 1 }]),
    });
    const { lines, ticks: kept, redelivered, repeated } = summary;
    deepEqual({ lines, kept, redelivered, repeated }, { lines: 6, kept: 2, redelivered: 1, repeated: 3 });
    deepEqual(await ticks("id", "sequence_number", "generation", "partition"), [
      [first.id, 0, "g1", 0],
      [second.id, 1, "g1", 0],
    ]);
  });

  Deno.test(`${name}: loadTicks() takes lines for one event only when generation, partition and number agree`, async () => {
    const lines = [
      storedTick(0, { sequence_number: 5 }),
      storedTick(1, { sequence_number: 5, partition: 1 }),
      storedTick(2, { sequence_number: 5, generation: "g2" }),
    ];
    const strange = [3, 4].map((n) =>
      ndjson([storedTick(n, { sequence_number: 5 })]).replace('"partition":0,', "")
    );
    const again = ndjson([storedTick(9, { sequence_number: 5 })]);
    const summary = await load({ "a.ndjson": ndjson(lines) + strange.join(""), "b.ndjson": again });
    deepEqual([summary.ticks, summary.redelivered, summary.repeated], [5, 1, 0]);
  });

  Deno.test(`${name}: loadTicks() keeps sequence numbers beyond 2^53 apart`, async () => {
    const ids = ["9007199254740992", "9007199254740993"].map((sequence, n) =>
      ndjson([storedTick(n)]).replace(`"sequence_number":${n}`, `"sequence_number":${sequence}`)
    );
    equal((await load({ "a.ndjson": ids.join("") })).ticks, 2);
  });

  Deno.test(`${name}: loadTicks() takes from as inclusive, to as exclusive, and one symbol`, async () => {
    const blobs = {
      "a.ndjson": ndjson([0, 1, 2, 3].map((n) => storedTick(n))),
      "b.ndjson": ndjson([storedTick(4, { symbol: "ETH-USD", time: "2026-05-01T00:00:01.500Z" })]),
    };
    const range = { from: "2026-05-01T00:00:01Z", to: "2026-05-01T02:00:03+02:00" };
    const both = await load(blobs, range);
    deepEqual([both.ticks, both.outside, both.symbols], [3, 2, ["BTC-USD", "ETH-USD"]]);
    const one = await load(blobs, { ...range, symbol: "ETH-USD" });
    deepEqual([one.ticks, one.outside, one.from], [1, 4, "2026-05-01T00:00:01.500Z"]);
    equal((await load(blobs, { symbol: "'; drop table ticks; --" })).ticks, 0);
  });

  Deno.test.each([
    [{ from: "yesterday" }, /parameter from="yesterday": expected an ISO 8601 time/],
    [{ to: "2026-13-01" }, /parameter to="2026-13-01": expected an ISO 8601 time/],
    [
      { from: "2026-05-02", to: "2026-05-02" },
      /parameter to="2026-05-02": expected a time after from=2026-05-02/,
    ],
  ])(`${name}: loadTicks() refuses %o`, async (range, message) => {
    await rejects(load({}, range), message);
  });

  Deno.test(`${name}: loadTicks() fetches each blob once and says how far it is`, async () => {
    const names = Array.from({ length: 40 }, (_, n) => `${n + 10}.ndjson`);
    const store = memoryStore(Object.fromEntries(names.map((name, n) => [name, ndjson([storedTick(n)])])));
    const seen: string[] = [];
    await loadTicks(engine, store, all, { onBlob: (done, total) => seen.push(`${done}/${total}`) });
    deepEqual(store.gets, names);
    deepEqual([seen.length, seen[0], seen.at(-1)], [40, "1/40", "40/40"]);
  });

  Deno.test(`${name}: loadTicks() stops when told to, and when a blob cannot be read`, async () => {
    const abort = new AbortController();
    const store = memoryStore({ "a.ndjson": "", "b.ndjson": "", "c.ndjson": "" });
    const options = { signal: abort.signal, onBlob: () => abort.abort(new Error("enough")) };
    await rejects(loadTicks(engine, store, all, options), /enough/);
    const broken = { ...store, get: (name: string) => Promise.reject(new Error(`cannot read ${name}`)) };
    await rejects(loadTicks(engine, broken, all), /cannot read a.ndjson/);
    equal((await load({ "a.ndjson": ndjson([storedTick(0)]) })).ticks, 1);
  });

  /** The loaded ticks as CSV. */
  const ticksOf = async (blobs: Record<string, string>): Promise<string> => {
    await load(blobs);
    return [...toCsv(await engine.run("select * from ticks"))].join("");
  };

  /** Every analysis' CSV, one after the other; but the one that counts duplicates. */
  const resultsOf = async (blobs: Record<string, string>): Promise<string> => {
    await load(blobs);
    const written: string[] = [];
    for (const analysis of (await readAnalyses()).filter(({ name }) => name !== "data_quality")) {
      written.push(...toCsv((await runAnalysis(engine, analysis, {})).table));
    }
    return written.join("");
  };

  Deno.test.each([["the ticks", ticksOf, 12], ["the results", resultsOf, 2]] as const)(
    `${name}: however the lines are shuffled, split and duplicated, %s are the same bytes`,
    async (_, csvOf, numRuns) => {
      const random = fc.record({ price: fc.integer({ min: 1, max: 1e7 }), at: fc.nat(20) });
      const lines = fc.sample(random, { numRuns: 60, seed: 1 }).map(({ price, at }, n) => {
        const time = new Date(Date.UTC(2026, 4, 1) + at * 600_000).toISOString();
        const symbol = n % 5 ? "BTC-USD" : "ETH-USD";
        return ndjson([storedTick(n, { price: price / 7, time, size: price / 3, symbol })]);
      });
      const expected = await csvOf({ "all.ndjson": lines.join("") });
      const batching = fc.array(fc.tuple(fc.nat(4), fc.boolean()), { minLength: 60, maxLength: 60 });
      const order = fc.shuffledSubarray(lines.map((_, n) => n), { minLength: 60 });
      const property = fc.asyncProperty(order, batching, async (order, batching) => {
        const blobs: Record<string, string> = {};
        for (const [n, index] of order.entries()) {
          const [blob, twice] = batching[n]!;
          blobs[`${blob}.ndjson`] = (blobs[`${blob}.ndjson`] ?? "") + lines[index]!;
          if (twice) blobs[`again-${blob}.ndjson`] = lines[index]! + (blobs[`again-${blob}.ndjson`] ?? "");
        }
        equal(await csvOf(blobs), expected);
      });
      await fc.assert(property, { numRuns });
    },
  );
}
