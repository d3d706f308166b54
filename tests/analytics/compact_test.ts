import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { readAnalyses } from "#analytics/catalog.ts";
import { type CompactTarget, compactTicks, copyGaps } from "#analytics/compact.ts";
import { toCsv } from "#analytics/csv.ts";
import { type LoadRange, loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import { compactName } from "#pipeline/store/names.ts";
import type { Store } from "#pipeline/store/store.ts";
import type { StoredTick } from "#pipeline/tick.ts";
import { temporaryFolder } from "#scripts/files.ts";
import { engines } from "./engines.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const all: LoadRange = { from: null, to: null, symbol: null };

/** Three days of two symbols; a time has microseconds, a size is null. */
const days: readonly StoredTick[] = Array.from({ length: 240 }, (_, n) => {
  const time = new Date(Date.UTC(2026, 4, 1) + n * 1_080_000).toISOString().replace(
    "Z",
    `${n % 9}0${n % 7}Z`,
  );
  const symbol = n % 3 ? "BTC-USD" : "ETH-USD";
  return storedTick(n, { price: 100 + Math.sin(n) / 7, time, symbol, size: n % 5 ? n / 3 : null });
});

/** A line of `stream`'s gap ledger. */
const gap = JSON.stringify({
  source: "simulated",
  symbol: "BTC-USD",
  from: 5,
  to: 6,
  after: "2026-05-01T01:00:00.000Z",
  cause: "reconnect",
  repaired: false,
  missing: 2,
  found_at: "2026-05-01T01:00:01.000Z",
});

/** A new folder as a target, and the names that are in it. */
async function openTarget() {
  const folder = await temporaryFolder();
  const store = folderStore(folder.path);
  const target: CompactTarget = { ...store, remove: (name) => Deno.remove(join(folder.path, name)) };
  const names = async () => (await Array.fromAsync(store.list(""))).map(({ name }) => name);
  return { store, target, names, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const partitionOf = (name: string) => name.split("/").slice(1, 3).join(" ");
const partitions = ["2026-05-01", "2026-05-02", "2026-05-03"].flatMap((date) =>
  ["BTC-USD", "ETH-USD"].map((symbol) => `date=${date} symbol=${symbol}`)
);

/** A CSV has no microseconds; a position says nothing but its order. */
const exactTicks = `
  select * exclude (position), epoch_us(time)::text, epoch_us(received_at)::text
  from ticks
  order by position`;

for (const [engineName, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

  const compact = async (
    target: CompactTarget,
    blobs: Record<string, string>,
    range: Partial<LoadRange> = {},
  ) => {
    await loadTicks(engine, memoryStore(blobs), { ...all, ...range });
    return await compactTicks(engine, target);
  };
  const loaded = async (store: Store, range: Partial<LoadRange> = {}) => {
    const summary = await loadTicks(engine, store, { ...all, ...range });
    return {
      summary,
      csv: [...toCsv(await engine.run(exactTicks))].join(""),
    };
  };

  Deno.test(`${engineName}: compacted ticks give every analysis the same bytes`, async () => {
    await using output = await openTarget();
    const input = memoryStore({ "a.ndjson": ndjson(days), "gaps/date=2026-05-01/1a.ndjson": gap });
    const results = async (store: Store) => {
      await loadTicks(engine, store, all);
      const csvs: Record<string, string> = {};
      for (const analysis of await readAnalyses()) {
        csvs[analysis.name] = [...toCsv((await runAnalysis(engine, analysis, {})).table)].join("");
      }
      return csvs;
    };
    const expected = await results(input);
    deepEqual(await compactTicks(engine, output.target), {
      ticks: 240,
      written: 6,
      unchanged: 0,
      removed: 0,
      kept: [],
    });
    deepEqual((await output.names()).map(partitionOf), partitions);
    equal(await copyGaps(input, output.target), 1);
    equal(await copyGaps(input, output.target), 0);
    match(expected.source_gaps!, /BTC-USD,.*,simulated,5,6,2/);
    deepEqual(await results(output.store), expected);
    equal((await loaded(output.store)).csv, (await loaded(input)).csv);
  });

  Deno.test(`${engineName}: compactTicks() writes a tick once, and nothing when there is nothing new`, async () => {
    await using output = await openTarget();
    const blobs = { "a.ndjson": ndjson(days), "b.ndjson": ndjson(days.toReversed()) };
    const { ticks, written } = await compact(output.target, blobs);
    deepEqual([ticks, written], [240, 6]);
    const names = await output.names();
    const target = { ...output.target, remove: () => Promise.reject(new Error("nothing is to be removed")) };
    deepEqual(await compact(target, { "c.ndjson": ndjson(days) }), {
      ticks: 240,
      written: 0,
      unchanged: 6,
      removed: 0,
      kept: [],
    });
    deepEqual(await output.names(), names);
  });

  Deno.test(`${engineName}: compactTicks() writes ticks in the order of time, as standard types`, async () => {
    await using output = await openTarget();
    await compact(output.target, { "a.ndjson": ndjson(days.toReversed()) });
    for (const name of await output.names()) {
      const file = (await output.store.get(name)).buffer as ArrayBuffer;
      const types = parquetMetadata(file).schema.slice(1).map(({ name, type, converted_type }) =>
        `${name} ${converted_type ?? type}`
      );
      deepEqual(types, [
        "time TIMESTAMP_MICROS",
        "price DOUBLE",
        "size DOUBLE",
        "side UTF8",
        "source UTF8",
        "id UTF8",
        "received_at TIMESTAMP_MICROS",
        "enqueued_at TIMESTAMP_MICROS",
        "partition INT64",
        "sequence_number INT64",
        "generation UTF8",
      ]);
      const times = (await parquetReadObjects({ file })).map(({ time }) => Number(time));
      deepEqual(times, times.toSorted((one, other) => one - other));
      equal(times.every((ms) => new Date(ms).toISOString().slice(0, 10) === name.slice(11, 21)), true);
    }
  });

  Deno.test(`${engineName}: compactTicks() writes only the file anew whose ticks have become more`, async () => {
    await using output = await openTarget();
    await compact(output.target, { "a.ndjson": ndjson(days) });
    const before = await output.names();
    const more = storedTick(900, { time: "2026-05-02T12:00:00.000Z", symbol: "ETH-USD" });
    const { written, unchanged, removed } = await compact(output.target, {
      "a.ndjson": ndjson([...days, more]),
    });
    deepEqual([written, unchanged, removed], [1, 5, 1]);
    const after = await output.names();
    deepEqual(after.map(partitionOf), partitions);
    deepEqual(after.filter((name) => !before.includes(name)).map(partitionOf), [
      "date=2026-05-02 symbol=ETH-USD",
    ]);
    equal((await loaded(output.store)).summary.ticks, 241);
  });

  Deno.test(`${engineName}: compactTicks() that was killed before it removed a file loses and doubles nothing`, async () => {
    await using output = await openTarget();
    await compact(output.target, { "a.ndjson": ndjson(days.slice(0, 40)) });
    const killed = { ...output.target, remove: () => Promise.reject(new Error("killed")) };
    await rejects(compact(killed, { "a.ndjson": ndjson(days) }), /killed/);
    equal((await output.names()).filter((name) => name.includes("date=2026-05-01/symbol=BTC-USD")).length, 2);
    const { summary } = await loaded(output.store);
    const there = days.filter(({ time, symbol }, n) =>
      time < "2026-05-02" && (symbol === "BTC-USD" || n < 40)
    );
    deepEqual([summary.ticks, summary.redelivered > 0], [there.length, true]);
    const { removed, unchanged } = await compact(output.target, { "a.ndjson": ndjson(days) });
    deepEqual([removed, unchanged], [2, 1]);
    deepEqual((await output.names()).map(partitionOf), partitions);
    equal((await loaded(output.store)).csv, (await loaded(memoryStore({ "a.ndjson": ndjson(days) }))).csv);
  });

  Deno.test(`${engineName}: compactTicks() keeps a file with ticks that are not among the loaded ones`, async () => {
    await using output = await openTarget();
    await compact(output.target, { "a.ndjson": ndjson(days) });
    const names = await output.names();
    const lost = days.filter(({ time, symbol }) => time < "2026-05-01T06" && symbol === "BTC-USD");
    const left = days.filter((tick) => !lost.includes(tick));
    const { kept, unchanged } = await compact(output.target, { "a.ndjson": ndjson(left) });
    deepEqual(kept, [{ name: names[0], missing: lost.length }]);
    equal(unchanged, 5);
    deepEqual(await output.names(), names);
  });

  Deno.test(`${engineName}: compactTicks() does not replace a file that it cannot read`, async () => {
    await using output = await openTarget();
    const name = compactName({ date: "2026-05-01", symbol: "BTC-USD" }, new Uint8Array());
    await output.target.put(name, new Uint8Array(8), {});
    await rejects(compact(output.target, { "a.ndjson": ndjson(days) }), (error: Error) => {
      match(error.message, /^Cannot read ticks\/date=2026-05-01\/symbol=BTC-USD\/.*: the file is no Parquet/);
      return true;
    });
    deepEqual((await output.names()).includes(name), true);
  });

  Deno.test(`${engineName}: a compacted file with a byte changed is refused, whichever it is`, async () => {
    await using output = await openTarget();
    await compact(output.target, { "a.ndjson": ndjson(days) });
    const [name] = await output.names();
    const bytes = await output.store.get(name!);
    for (const at of [4, bytes.length >> 1, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      const { ticks, refused, refusals } = await loadTicks(engine, memoryStore({ [name!]: damaged }), all);
      deepEqual([ticks, refused], [0, 1]);
      match(
        refusals[0]!.reason,
        /^the file is no Parquet, or damaged: its content is not what its name states$/,
      );
    }
  });

  Deno.test(`${engineName}: compactTicks() keeps sequence numbers beyond 2^53 and every microsecond`, async () => {
    await using output = await openTarget();
    const lines = ["9007199254740992", "9007199254740993", "-9223372036854775808"].map((sequence, n) =>
      ndjson([storedTick(n, { time: `2026-05-01T23:59:59.99999${n + 7}Z` })])
        .replace(`"sequence_number":${n}`, `"sequence_number":${sequence}`)
    );
    await compact(output.target, { "a.ndjson": lines.join("") });
    await loadTicks(engine, output.store, all);
    const { columns } = await engine.run(
      "select sequence_number::text, epoch_us(time)::text from ticks order by time",
    );
    deepEqual(columns.map(({ values }) => Array.from(values)), [
      ["9007199254740992", "9007199254740993", "-9223372036854775808"],
      ["1777679999999997", "1777679999999998", "1777679999999999"],
    ]);
  });

  Deno.test(`${engineName}: loadTicks() fetches of compacted files only those within the range`, async () => {
    await using output = await openTarget();
    await compact(output.target, { "a.ndjson": ndjson(days) });
    const fetched = async (range: Partial<LoadRange>) => {
      const gets: string[] = [];
      const get = (name: string) => {
        gets.push(partitionOf(name));
        return output.store.get(name);
      };
      const whole = await loaded(memoryStore({ "a.ndjson": ndjson(days) }), range);
      const pruned = await loaded({ ...output.store, get }, range);
      equal(pruned.csv, whole.csv);
      const { blobs, lines, ticks, outside } = pruned.summary;
      deepEqual([blobs, lines], [gets.length, ticks + outside]);
      return gets;
    };
    deepEqual(await fetched({}), partitions);
    deepEqual(await fetched({ symbol: "ETH-USD" }), partitions.filter((name) => name.endsWith("ETH-USD")));
    deepEqual(await fetched({ from: "2026-05-02" }), partitions.slice(2));
    deepEqual(await fetched({ from: "2026-05-02T12:00:00Z" }), partitions.slice(2));
    deepEqual(await fetched({ to: "2026-05-02" }), partitions.slice(0, 2));
    deepEqual(await fetched({ to: "2026-05-02T00:00:00.000001Z" }), partitions.slice(0, 4));
    const day = { from: "2026-05-02", to: "2026-05-03", symbol: "BTC-USD" };
    deepEqual(await fetched(day), ["date=2026-05-02 symbol=BTC-USD"]);
    // That there is nothing in a range is not to look like a store without ticks.
    deepEqual(await fetched({ from: "2027-01-01" }), [partitions[0]]);
  });

  Deno.test(`${engineName}: loadTicks() with a range keeps nothing but the whole of what is compacted`, async () => {
    await using output = await openTarget();
    await using folder = await temporaryFolder();
    await compact(output.target, { "a.ndjson": ndjson(days) });
    const cache = { folder: folder.path, worthKeeping: 1 };
    const expected = (await loaded(output.store)).csv;
    const files = async () => (await Array.fromAsync(Deno.readDir(folder.path))).length;
    const part = { ...all, from: "2026-05-02", to: "2026-05-03" };
    equal((await loadTicks(engine, output.store, part, { cache })).blobs, 2);
    equal(await files(), 0);
    for (const run of ["first", "second"]) {
      await loadTicks(engine, output.store, all, { cache });
      equal(
        [...toCsv(await engine.run(exactTicks))].join(""),
        expected,
        run,
      );
      equal(await files() > 0, true);
    }
    const { blobs, ticks } = await loadTicks(engine, output.store, part, { cache });
    deepEqual([blobs, ticks], [2, 80]);
    // A line of NDJSON may be of any time: with one there, all is read, and kept.
    const mixed = { ...output.store, ...mixedStore(output.store, ndjson([storedTick(901)])) };
    equal((await loadTicks(engine, mixed, part, { cache })).blobs, 7);
  });
}

Deno.test("both engines write the same files", async () => {
  await using outputs = await Promise.all(engines.map(openTarget)).then((targets) => ({
    targets,
    [Symbol.asyncDispose]: async () => {
      for (const target of targets) await target[Symbol.asyncDispose]();
    },
  }));
  for (const [index, [, open]] of engines.entries()) {
    await using engine = await open();
    await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(days) }), all);
    await compactTicks(engine, outputs.targets[index]!.target);
  }
  const [one, other] = await Promise.all(outputs.targets.map(({ names }) => names()));
  deepEqual(one, other);
});

Deno.test("compactTicks() stops when told to, and leaves whole files", async () => {
  await using output = await openTarget();
  await using engine = await engines[1][1]();
  await loadTicks(engine, memoryStore({ "a.ndjson": ndjson(days) }), all);
  const abort = new AbortController();
  const onPartition = (done: number, total: number) => {
    equal(total, 6);
    if (done === 2) abort.abort(new Error("enough"));
  };
  await rejects(compactTicks(engine, output.target, { signal: abort.signal, onPartition }), /enough/);
  deepEqual((await output.names()).map(partitionOf), partitions.slice(0, 2));
});

/** A store with one blob more. */
function mixedStore(store: Store, text: string): Pick<Store, "list" | "get"> {
  const name =
    "ticks/generation=g1/partition=0/date=2026-05-01/0000000000000901-0000000000000901-00000000.ndjson";
  return {
    async *list(prefix) {
      yield* store.list(prefix);
      yield { name, sizeBytes: text.length, metadata: null };
    },
    get: (wanted) => wanted === name ? Promise.resolve(new TextEncoder().encode(text)) : store.get(wanted),
  };
}
