import { deepEqual, equal, notDeepEqual } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { blobName } from "#pipeline/store/names.ts";
import type { StoredTick } from "#pipeline/tick.ts";
import { readAnalyses } from "#analytics/catalog.ts";
import { toCsv } from "#analytics/csv.ts";
import type { Engine } from "#analytics/engine.ts";
import { type LoadRange, loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { engines } from "./engines.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const all: LoadRange = { from: null, to: null, symbol: null };

/** A blob as the receiver would name it; `first` orders the names. */
function blob(first: number, ticks: readonly StoredTick[]): [string, string] {
  const text = ndjson(ticks);
  const range = { generation: "aa", partition: 0, first, last: first, date: "2026-05-01" };
  return [blobName("ticks", range, new TextEncoder().encode(text)), text];
}

/** Blobs of ten ticks each, the nth with those from 10 n on. */
const blobs = Array.from(
  { length: 4 },
  (_, n) => blob(n, Array.from({ length: 10 }, (_, i) => storedTick(10 * n + i))),
);

const allTicks = `select symbol, time, price, size, side, source, id, received_at, enqueued_at, partition,
  sequence_number, generation from ticks order by position`;

for (const [name, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());
  const other = await open();
  Deno.test.afterAll(async () => await other[Symbol.asyncDispose]());

  /** A load with a cache: how many blobs it fetched, what it said, and the ticks. */
  const load = async (
    given: readonly [string, string][],
    folder: string | null,
    { range = all, by = engine as Engine, worthKeeping = 1, stageLines = 1_000_000 } = {},
  ) => {
    const store = memoryStore(Object.fromEntries(given));
    const events: string[] = [];
    const summary = await loadTicks(by, store, range, {
      cache: folder === null ? undefined : { folder, worthKeeping },
      stageLines,
      log: (event) => events.push(event),
    });
    return {
      fetched: store.gets.length,
      events,
      summary,
      ticks: [...toCsv(await by.run(allTicks))].join(""),
    };
  };

  const test = (title: string, body: (folder: string) => Promise<void>) =>
    Deno.test(`${name}: ${title}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await body(join(folder, "cache"));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

  test("loadTicks() with a cache fetches each blob once, and finds all again", async (folder) => {
    const seen = [];
    for (const count of [2, 2, 3, 4]) {
      const { fetched, summary, ticks } = await load(blobs.slice(0, count), folder);
      const fresh = await load(blobs.slice(0, count), null, { by: other });
      deepEqual([summary, ticks], [fresh.summary, fresh.ticks]);
      seen.push(fetched);
    }
    deepEqual(seen, [2, 0, 1, 1]);
  });

  test("loadTicks() cuts a range from all that was kept", async (folder) => {
    const range = { from: "2026-05-01T00:00:05Z", to: "2026-05-01T00:00:25Z", symbol: "BTC-USD" };
    await load(blobs.slice(0, 3), folder, { range });
    const { summary, fetched } = await load(blobs, folder, { range });
    deepEqual([fetched, summary.lines, summary.ticks, summary.outside], [1, 40, 20, 20]);
    equal((await load(blobs, folder)).summary.ticks, 40);
  });

  test("loadTicks() forgets what was kept of a blob that is gone", async (folder) => {
    await load(blobs, folder);
    const { fetched, summary } = await load(blobs.slice(1), folder);
    deepEqual([fetched, summary.ticks, summary.from], [3, 30, "2026-05-01T00:00:10.000Z"]);
  });

  test("loadTicks() keeps nothing where a blob's name does not state its content", async (folder) => {
    const mixed: [string, string][] = [...blobs, ["prices.ndjson", ndjson([storedTick(99)])]];
    equal((await load(mixed, folder)).fetched, 5);
    equal((await load(mixed, folder)).fetched, 5);
  });

  test("loadTicks() rewrites what it keeps only when enough is new", async (folder) => {
    const kept = async () => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    await load(blobs.slice(0, 2), folder);
    const before = await kept();
    equal((await load(blobs.slice(0, 3), folder, { worthKeeping: 11 })).fetched, 1);
    deepEqual(await kept(), before);
    equal((await load(blobs.slice(0, 3), folder, { worthKeeping: 10 })).fetched, 1);
    notDeepEqual(await kept(), before);
    equal((await kept()).length, before.length);
  });

  test("loadTicks() reads all again where what was kept is damaged", async (folder) => {
    const damage = async (pattern: RegExp, mar: (path: string) => Promise<void>) => {
      await load(blobs, folder);
      equal((await load(blobs, folder)).fetched, 0);
      for await (const { name } of Deno.readDir(folder)) {
        if (pattern.test(name)) await mar(join(folder, name));
      }
      const { fetched, summary } = await load(blobs, folder);
      deepEqual([fetched, summary.ticks], [4, 40]);
    };
    await damage(/^ticks/, (path) => Deno.truncate(path, 100));
    await damage(/^words/, (path) => Deno.remove(path));
    await damage(/json$/, (path) => Deno.writeTextFile(path, '{"version":1,"blo'));
    await damage(/json$/, (path) => Deno.writeTextFile(path, '{"version":1}'));
    await damage(/json$/, async (path) => {
      await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace('"version":1', '"version":0'));
    });
  });

  test("loadTicks() goes on where nothing can be kept, and says so", async (folder) => {
    await Deno.writeTextFile(folder, "a file");
    const { summary, events } = await load(blobs, folder);
    deepEqual([summary.ticks, events], [40, ["cache.failed"]]);
  });

  test("loadTicks() keeps what it had, and no more files, where the disk is full", async (folder) => {
    const kept = async () => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    await load(blobs.slice(0, 2), folder);
    const before = await kept();
    const pack = async (sql: string, file: string) => {
      await engine.pack(sql, file);
      if (file.includes("ticks-")) throw new Error("no space left on device");
    };
    const { summary, events } = await load(blobs, folder, { by: { ...engine, pack } });
    deepEqual([summary.ticks, events, await kept()], [40, ["cache.failed"], before]);
    equal((await load(blobs.slice(0, 2), folder)).fetched, 0);
  });

  const line = fc.record({
    trade: fc.nat(25),
    text: fc.boolean(),
    event: fc.nat(40),
    generation: fc.constantFrom("aa", "bb", undefined),
    symbol: fc.constantFrom("BTC-USD", "ETH-USD", "AAA-USD"),
    second: fc.nat(30),
    isStrange: fc.boolean(),
  }).map(({ trade, text, event, generation, symbol, second, isStrange }) =>
    storedTick(event, {
      symbol,
      id: `simulated|${symbol}|${text ? "x" : ""}${trade}`,
      // As a rule a tick always says the same, but not when a source is strange.
      time: new Date(Date.UTC(2026, 4, 1) + 1000 * (isStrange ? second : trade)).toISOString(),
      price: 100 + (isStrange ? second : trade),
      generation: generation as string,
    })
  );

  test("however the blobs come, neither what was kept nor the lines taken at a time change a result", async (folder) => {
    const analyses = (await readAnalyses()).filter(({ name }) =>
      /data_quality|bars|moving_average/.test(name)
    );
    const resultsOf = async (by: Engine) => {
      const csvs: string[] = [];
      for (const analysis of analyses) csvs.push(...toCsv((await runAnalysis(by, analysis, {})).table));
      return csvs.join("");
    };
    const parts = fc.array(fc.array(line, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 4 });
    let run = 0;
    const stages = fc.constantFrom(1, 10, 1000);
    const property = fc.asyncProperty(parts, fc.boolean(), stages, async (parts, isOrdered, stageLines) => {
      const own = `${folder}-${run++}`;
      const given = parts.map((ticks, n) =>
        blob(n, isOrdered ? ticks.toSorted((a, b) => a.time < b.time ? -1 : 1) : ticks)
      );
      for (let count = 1; count < given.length; count++) {
        await load(given.slice(0, count), own, { stageLines });
      }
      const kept = await load(given, own, { stageLines });
      const fresh = await load(given, null, { by: other });
      deepEqual(kept.summary, fresh.summary);
      equal(kept.ticks, fresh.ticks);
      equal(await resultsOf(engine), await resultsOf(other));
    });
    await fc.assert(property, { numRuns: 15 });
  });
}
