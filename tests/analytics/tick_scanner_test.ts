import { deepEqual, equal, notEqual } from "node:assert/strict";
import fc from "fast-check";
import { encodeStoredTick, type StoredTick } from "#pipeline/tick.ts";
import { type BatchColumn, getText } from "#analytics/column_batch.ts";
import { readLine } from "#analytics/line.ts";
import { type TickColumns, tickColumns } from "#analytics/tick_columns.ts";
import { tickScanner } from "#analytics/tick_scanner.ts";
import { storedTick } from "./stored_ticks.ts";

const utf8 = new TextEncoder();

/** The first row, field by field. */
function firstRow({ columns }: TickColumns) {
  const value = (column: BatchColumn) => {
    const { type, valid, numbers } = column;
    if (!(valid[0]! & 1)) return null;
    if (type === "text") return getText(column, 0);
    return type === "long" || type === "micros" ? numbers[1]! * 2 ** 32 + (numbers[0]! >>> 0) : numbers[0]!;
  };
  return Object.fromEntries(columns.map((column) => [column.name, value(column)]));
}

/** What the scanner puts into a row; `null` when it leaves the line to readLine(). */
function scan(line: string | Uint8Array) {
  const target = tickColumns(1);
  const bytes = typeof line === "string" ? utf8.encode(line) : line;
  if (tickScanner(target)(bytes, 0) === -1) return null;
  return { row: firstRow(target), words: [...target.words.keys()].toSorted() };
}

/** What readLine() makes of it, put into a row; `null` where it is no tick. */
function read(line: string | Uint8Array) {
  const target = tickColumns(1);
  // The scanner meets the words in the order of the line, add() in the order of the columns.
  for (const word of wordsOf(line)) target.wordOf(word);
  const { tick } = readLine(typeof line === "string" ? utf8.encode(line) : line, 0);
  if (tick === null) return null;
  target.add(tick);
  return { row: firstRow(target), words: [...target.words.keys()].toSorted() };
}

function wordsOf(line: string | Uint8Array): string[] {
  const target = tickColumns(1);
  tickScanner(target)(typeof line === "string" ? utf8.encode(line) : line, 0);
  return [...target.words.keys()];
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

Deno.test("tickScanner() reads every line that Ticklake writes, as readLine() does", () => {
  fc.assert(
    fc.property(tick, (tick) => {
      const line = encodeStoredTick(tick, tick);
      deepEqual(scan(line), read(line));
      deepEqual(scan(`${line}\n`), read(line));
      notEqual(scan(line), null);
    }),
    { numRuns: 200 },
  );
});

Deno.test("tickScanner() agrees with readLine() about damaged lines, or leaves them to it", () => {
  const alphabet = [...utf8.encode('"\\{}[],:.-+eEnulTZ0123456789 \n\t'), 0x00, 0x7f, 0x80, 0xc3, 0xff];
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...alphabet), fc.constantFrom(0, 1)), {
    minLength: 1,
    maxLength: 3,
  });
  let taken = 0;
  fc.assert(
    fc.property(tick, damage, (tick, damage) => {
      const bytes = [...utf8.encode(encodeStoredTick(tick, tick))];
      for (const [place, byte, removed] of damage) bytes.splice(place % bytes.length, removed, byte);
      const line = Uint8Array.from(bytes);
      const fields = scan(line);
      if (fields === null) return;
      taken++;
      deepEqual(fields, read(line));
    }),
    { numRuns: 2000 },
  );
  notEqual(taken, 0);
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
  ["a price of 0", '"price":100', '"price":0'],
  ["a price beyond all", '"price":100', `"price":1${"0".repeat(400)}`],
  ["a size below 0", '"size":0.5', '"size":-0.5'],
  ["another side", '"side":"buy"', '"side":"both"'],
  ["another source's id", '"id":"simulated', '"id":"binance'],
  ["another symbol's id", '"id":"simulated|BTC-USD', '"id":"simulated|ETH-USD'],
  ["an id without an end", '"id":"simulated|BTC-USD|0"', '"id":"simulated|BTC-USD"'],
  ["an id too long", '"id":"simulated|BTC-USD|0"', `"id":"simulated|BTC-USD|${"0".repeat(256)}"`],
  ["a symbol that is none", "BTC-USD", "BTCUSD"],
  ["an empty generation", '"g1"', '""'],
])("tickScanner() leaves %s to readLine()", (_, from, to) => {
  equal(scan(line.replaceAll(from, to)), null);
});

Deno.test("tickScanner() leaves nothing behind of a line that it gave up", () => {
  const target = tickColumns(1);
  equal(tickScanner(target)(utf8.encode(line.replace('"g1"', "1")), 0), -1);
  equal(target.rows, 0);
  deepEqual(new Set(Object.values(firstRow(target))), new Set([null]));
});

Deno.test.each([
  ["7", 7, null],
  ["0", 0, null],
  ["9007199254740991", 9007199254740991, null],
  ["9007199254740992", null, "9007199254740992"],
  ["07", null, "07"],
  ["", null, ""],
  ["a|b", null, "a|b"],
])("a trade %j is a number or a text, whichever way the line is read", (trade, number, text) => {
  const tick = storedTick(0, { id: `simulated|BTC-USD|${trade}` });
  for (const { row } of [scan(encodeStoredTick(tick, tick))!, read(encodeStoredTick(tick, tick))!]) {
    deepEqual([row.trade, row.trade_text], [number, text]);
  }
});
