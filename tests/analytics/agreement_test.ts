import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { toCsv } from "#analytics/csv.ts";
import { duckdbNative } from "#analytics/duckdb_native.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";
import type { Engine } from "#analytics/engine.ts";
import { loadTicks } from "#analytics/load.ts";
import { memoryStore } from "./memory_store.ts";
import { ndjson, storedTick } from "./stored_ticks.ts";

const [wasm, native] = await Promise.all([duckdbWasm(), duckdbNative()]);
Deno.test.afterAll(async () => {
  await wasm[Symbol.asyncDispose]();
  await native[Symbol.asyncDispose]();
});

async function loaded(engine: Engine, bytes: Uint8Array) {
  const summary = await loadTicks(engine, memoryStore({ "a.ndjson": bytes }), {
    from: null,
    to: null,
    symbol: null,
  });
  return { summary, csv: [...toCsv(await engine.run("select * from ticks"))].join("") };
}

Deno.test("the engines agree about damaged lines, and give the same reasons", async () => {
  const utf8 = new TextEncoder();
  const alphabet = [...utf8.encode('"\\{}[],:.-+eEnulTZ0123456789 \n\t'), 0x00, 0x7f, 0x80, 0xc3, 0xff];
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...alphabet), fc.constantFrom(0, 1)), {
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(damage, async (damage) => {
      const bytes = [...utf8.encode(ndjson([storedTick(0, { size: null }), storedTick(1), storedTick(2)]))];
      for (const [place, byte, removed] of damage) bytes.splice(place % bytes.length, removed, byte);
      const [one, other] = [
        await loaded(wasm, Uint8Array.from(bytes)),
        await loaded(native, Uint8Array.from(bytes)),
      ];
      deepEqual(one.summary, other.summary);
      equal(one.csv, other.csv);
    }),
    { numRuns: 8 },
  );
});
