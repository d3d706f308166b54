import { deepEqual, equal, notEqual } from "node:assert/strict";
import fc from "fast-check";
import { encodeStoredTick, type StoredTick } from "#pipeline/tick.ts";
import { rawColumns } from "#analytics/raw_columns.ts";
import { parseRawTick, type RawFields } from "#analytics/raw_tick.ts";
import { tickScanner } from "#analytics/tick_scanner.ts";
import { storedTick } from "./stored_ticks.ts";

const utf8 = new TextEncoder();

/** What the scanner puts into a row, as the parser would say it; `null` when it leaves the line to the parser. */
function scan(line: string | Uint8Array): RawFields | null {
  const target = rawColumns(1);
  const bytes = typeof line === "string" ? utf8.encode(line) : line;
  if (tickScanner(target)(bytes, 0) === -1) return null;
  const fields: Record<string, string | number> = {};
  for (const { name, type, valid, numbers, words, bytes, offsets } of target.columns) {
    if (!(valid[0]! & 1)) continue;
    const long = () => numbers[1]! * 2 ** 32 + (numbers[0]! >>> 0);
    if (type === "text") fields[name] = new TextDecoder().decode(bytes.subarray(offsets[0], offsets[1]));
    else if (type === "word") fields[name] = [...words.keys()][numbers[0]!]!;
    else fields[name] = type === "long" || type === "micros" ? long() : numbers[0]!;
  }
  return fields;
}

const time = fc.date({ min: new Date("1700-01-01"), max: new Date("2254-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString());
const tick = fc.record({
  symbol: fc.constantFrom("BTC-USD", "ETH-EUR"),
  price: fc.oneof(
    fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    fc.integer({ min: 1, max: 1e9 }).map((n) => n / 100),
  ),
  size: fc.option(fc.double({ min: 1e-3, max: 1e5, noNaN: true })),
  side: fc.option(fc.constantFrom("buy" as const, "sell" as const)),
  time,
  received_at: time,
  enqueued_at: time,
  sequence_number: fc.nat({ max: 1e15 - 1 }),
}).map((given) => storedTick(7, given as Partial<StoredTick>));

Deno.test("tickScanner() reads every line that Ticklake writes, as the parser does", () => {
  fc.assert(
    fc.property(tick, (tick) => {
      const line = encodeStoredTick(tick, tick);
      deepEqual(scan(line), parseRawTick(line).fields);
      deepEqual(scan(`${line}\n`), parseRawTick(line).fields);
    }),
    { numRuns: 200 },
  );
});

Deno.test("tickScanner() agrees with the parser about damaged lines, or leaves them to it", () => {
  const alphabet = [...utf8.encode('"\\{}[],:.-+eEnulTZ0123456789 \n\t'), 0x00, 0x7f, 0x80, 0xc3, 0xff];
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...alphabet), fc.constantFrom(0, 1)), {
    minLength: 1,
    maxLength: 3,
  });
  let read = 0;
  fc.assert(
    fc.property(tick, damage, (tick, damage) => {
      const bytes = [...utf8.encode(encodeStoredTick(tick, tick))];
      for (const [place, byte, removed] of damage) bytes.splice(place % bytes.length, removed, byte);
      const line = Uint8Array.from(bytes);
      const fields = scan(line);
      if (fields === null) return;
      read++;
      const end = line.indexOf(0x0a);
      const parsed = parseRawTick(
        new TextDecoder("utf-8", { fatal: true }).decode(end === -1 ? line : line.subarray(0, end)),
      );
      deepEqual([null, fields], [parsed.problem, parsed.fields]);
    }),
    { numRuns: 2000 },
  );
  notEqual(read, 0);
});

const line = encodeStoredTick(storedTick(0), storedTick(0));

Deno.test.each([
  ["01", '"price":100', '"price":0100'],
  ["an exponent", '"price":100', '"price":1e2'],
  ["a point without digits", '"price":100', '"price":100.'],
  ["a text for a number", '"price":100', '"price":"100"'],
  ["an escape", '"symbol":"BTC-USD"', '"symbol":"BTC\\u002dUSD"'],
  ["a day that does not exist", '"time":"2026-05-01', '"time":"2026-02-30'],
  ["an hour that does not exist", '"time":"2026-05-01T00', '"time":"2026-05-01T24'],
  ["an offset", '"time":"2026-05-01T00:00:00.000Z"', '"time":"2026-05-01T00:00:00.000+01:00"'],
  ["a field more", '"generation"', '"more":1,"generation"'],
  ["a space", '"price":100', '"price": 100'],
  ["CR LF", "}", "}\r"],
])("tickScanner() leaves %s to the parser", (_, from, to) => {
  equal(scan(line.replace(from, to)), null);
});

Deno.test("tickScanner() leaves nothing behind of a line that it gave up", () => {
  const target = rawColumns(1);
  const scanner = tickScanner(target);
  equal(scanner(utf8.encode(line.replace('"g1"', "1")), 0), -1);
  target.add("a", 1, parseRawTick("{}"));
  for (const { name, valid } of target.columns) {
    equal(valid[0]! & 1, name === "blob" || name === "line" ? 1 : 0, name);
  }
});
