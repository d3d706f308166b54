import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { encodeStoredTick } from "#pipeline/tick.ts";
import { readLines } from "#analytics/ndjson.ts";
import { parseRawTick } from "#analytics/raw_tick.ts";
import { storedTick } from "./stored_ticks.ts";

const utf8 = new TextEncoder();

function lines(content: string | Uint8Array) {
  const bytes = typeof content === "string" ? utf8.encode(content) : content;
  return [...readLines({ name: "b", bytes })].map(({ line, tick }) => [line, tick.problem ?? tick.fields]);
}

Deno.test("readLines() reads a stored tick", () => {
  const tick = storedTick(7);
  const micros = Date.parse(tick.time) * 1000;
  deepEqual(lines(encodeStoredTick(tick, tick)), [[1, {
    ...tick,
    time: micros,
    received_at: micros,
    enqueued_at: micros,
  }]]);
});

Deno.test("readLines() reads a DATA605 line", () => {
  const line = '{"currency": "BTC", "price_usd": 96503.0, "timestamp": 1746246720.3255968}';
  deepEqual(lines(line), [[1, { currency: "BTC", price_usd: 96503, timestamp: 1746246720.3255968 }]]);
});

Deno.test.each([
  ["an empty blob", "", []],
  ["only newlines", "\n\r\n \n", []],
  ["no newline at the end", '{"id":"a"}', [[1, { id: "a" }]]],
  ["CR LF", '{"id":"a"}\r\n{"id":"b"}\r\n', [[1, { id: "a" }], [2, { id: "b" }]]],
  ["a byte order mark", '\ufeff{"id":"a"}\n', [[1, { id: "a" }]]],
  ["an empty line", '{"id":"a"}\n\n{"id":"b"}', [[1, { id: "a" }], [3, { id: "b" }]]],
  ["null for absent", '{"id":"a","size":null}', [[1, { id: "a" }]]],
  ["fields it does not know", '{"id":"a","__proto__":{"price":1},"constructor":2}', [[1, { id: "a" }]]],
])("readLines() takes %s", (_, content, expected) => {
  deepEqual(lines(content), expected);
});

Deno.test.each([
  ["{", 'the line is "{", expected JSON'],
  ["[1]", 'the line is "[1]", expected a JSON object'],
  ["null", 'the line is "null", expected a JSON object'],
  ['{"price":"NaN"}', 'field "price" is "NaN", expected a number'],
  ['{"price":true}', 'field "price" is true, expected a number'],
  ['{"size":{}}', 'field "size" is an object, expected a number'],
  ['{"symbol":5}', 'field "symbol" is 5, expected a text'],
  ['{"partition":1.5}', 'field "partition" is 1.5, expected an integer of 32 bits'],
  ['{"partition":3000000000}', 'field "partition" is 3000000000, expected an integer of 32 bits'],
  ['{"sequence_number":1e400}', 'field "sequence_number" is Infinity, expected an integer of 64 bits'],
  [
    '{"sequence_number":9223372036854775808}',
    'field "sequence_number" is 9223372036854776000, expected an integer of 64 bits',
  ],
  [
    '{"time":"2026-02-30T00:00:00Z"}',
    'field "time" is "2026-02-30T00:00:00Z", expected an ISO 8601 UTC time',
  ],
  [
    '{"time":"2026-05-01T00:00:00+02:00"}',
    'field "time" is "2026-05-01T00:00:00+02:00", expected an ISO 8601 UTC time',
  ],
  ['{"time":1777593600}', 'field "time" is 1777593600, expected an ISO 8601 UTC time'],
])("parseRawTick() refuses %s", (line, problem) => {
  equal(parseRawTick(line).problem?.slice(0, problem.length), problem);
});

Deno.test("parseRawTick() shortens what it quotes", () => {
  equal(parseRawTick("x".repeat(1e6)).problem!.length < 130, true);
});

Deno.test("parseRawTick() refuses what is nested too deeply to be shown", () => {
  const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
  equal(parseRawTick(`{"price":${deep}}`).problem, 'field "price" is an array, expected a number');
});

Deno.test("parseRawTick() keeps the digits of a long integer", () => {
  deepEqual(parseRawTick('{"sequence_number":9007199254740993}').fields, {
    sequence_number: 9007199254740993n,
  });
});

Deno.test("readLines() counts bytes that are not UTF-8 as a refused line", () => {
  const bytes = new Uint8Array([...utf8.encode('{"id":"'), 0xff, ...utf8.encode('"}\n{"id":"b"}')]);
  deepEqual(lines(bytes), [[1, "the line is 10 bytes that are not UTF-8, expected UTF-8 text"], [2, {
    id: "b",
  }]]);
});

Deno.test("readLines() gives every line of any bytes, and throws nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const numbers = lines(bytes).map(([line]) => line as number);
      deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    }),
    { numRuns: 1000 },
  );
});
