import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { encodeStoredTick, type StoredTick } from "#pipeline/tick.ts";
import { readLine } from "#analytics/line.ts";
import { storedTick } from "./stored_ticks.ts";

const utf8 = new TextEncoder();

/** Each line that is not empty: its number and the tick, or why it is none. */
function lines(content: string | Uint8Array): unknown[] {
  const bytes = typeof content === "string" ? utf8.encode(content) : content;
  const found: unknown[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const { tick, problem, next } = readLine(bytes, start);
    if (tick !== null || problem !== null) found.push([line, problem ?? tick]);
    start = next;
  }
  return found;
}

const fieldsOf = (tick: StoredTick) => {
  const micros = (time: string) => Date.parse(time) * 1000;
  const { time, received_at, enqueued_at } = tick;
  return {
    ...tick,
    time: micros(time),
    received_at: micros(received_at),
    enqueued_at: micros(enqueued_at),
  };
};
const [a, b] = [storedTick(0), storedTick(1)];
const [lineA, lineB] = [encodeStoredTick(a, a), encodeStoredTick(b, b)];
const changed = (given: Record<string, unknown>) => JSON.stringify({ ...a, ...given });

Deno.test("readLine() reads a stored tick", () => {
  deepEqual(lines(lineA), [[1, fieldsOf(a)]]);
});

Deno.test("readLine() reads a DATA605 line", () => {
  const line = '{"currency": "BTC", "price_usd": 96503.0, "timestamp": 1746246720.3255968}';
  deepEqual(lines(line), [[1, {
    id: "data605|BTC-USD|1746246720325597",
    source: "data605",
    symbol: "BTC-USD",
    price: 96503,
    size: null,
    side: null,
    time: 1746246720325597,
    received_at: 1746246720325597,
    partition: null,
    sequence_number: null,
    enqueued_at: null,
    generation: null,
  }]]);
});

Deno.test.each([
  ["an empty blob", "", []],
  ["only newlines", "\n\r\n \n", []],
  ["no newline at the end", lineA, [[1, fieldsOf(a)]]],
  ["CR LF", `${lineA}\r\n${lineB}\r\n`, [[1, fieldsOf(a)], [2, fieldsOf(b)]]],
  ["a byte order mark", `\ufeff${lineA}\n`, [[1, fieldsOf(a)]]],
  ["an empty line", `${lineA}\n\n${lineB}`, [[1, fieldsOf(a)], [3, fieldsOf(b)]]],
  ["absent for null", changed({ size: undefined, partition: undefined }), [
    [1, { ...fieldsOf(a), size: null, partition: null }],
  ]],
  [
    "fields it does not know",
    lineA.replace("{", '{"__proto__":{"price":1},"constructor":2,'),
    [[1, fieldsOf(a)]],
  ],
])("readLine() takes %s", (_, content, expected) => {
  deepEqual(lines(content), expected);
});

Deno.test.each([
  ["{", 'the line is "{", expected JSON'],
  ["[1]", "the line is an array, expected a JSON object"],
  ["null", "the line is null, expected a JSON object"],
  ["{}", 'field "source" is missing, expected 1 to 32 of a-z, 0-9 and _'],
  [changed({ price: "NaN" }), 'field "price" is "NaN", expected a finite number above 0'],
  [changed({ price: true }), 'field "price" is true, expected a finite number above 0'],
  [changed({ price: 0 }), 'field "price" is 0, expected a finite number above 0'],
  [
    lineA.replace('"price":100', '"price":1e400'),
    'field "price" is Infinity, expected a finite number above 0',
  ],
  [changed({ size: {} }), 'field "size" is an object, expected a finite number, 0 or more, or null'],
  [changed({ symbol: 5 }), 'field "symbol" is 5, expected a pair such as BTC-USD'],
  [changed({ id: "x" }), 'field "id" is "x", expected one that starts with "simulated|BTC-USD|"'],
  [changed({ partition: 1.5 }), 'field "partition" is 1.5, expected an integer of 32 bits'],
  [changed({ partition: 3000000000 }), 'field "partition" is 3000000000, expected an integer of 32 bits'],
  [changed({ generation: 1 }), 'field "generation" is 1, expected 1 to 256 printable characters'],
  [changed({ generation: "" }), 'field "generation" is "", expected 1 to 256 printable characters'],
  [changed({ generation: "a\0b" }), 'field "generation" is "a\\u0000b", expected 1 to 256 printable'],
  [
    lineA.replace('"sequence_number":0', '"sequence_number":1e400'),
    'field "sequence_number" is Infinity, expected an integer of 64 bits',
  ],
  [
    lineA.replace('"sequence_number":0', '"sequence_number":9223372036854775808'),
    'field "sequence_number" is 9223372036854776000, expected an integer of 64 bits',
  ],
  [
    changed({ time: "2026-02-30T00:00:00Z" }),
    'field "time" is "2026-02-30T00:00:00Z", expected a date and time that exist',
  ],
  [
    changed({ time: "2026-05-01T00:00:00+02:00" }),
    'field "time" is "2026-05-01T00:00:00+02:00", expected an ISO 8601 UTC time',
  ],
  [changed({ time: "0001-05-01T00:00:00Z" }), 'field "time" is "0001-05-01T00:00:00Z", expected'],
  [changed({ enqueued_at: 1777593600 }), 'field "enqueued_at" is 1777593600, expected an ISO 8601 UTC time'],
  ['{"currency":"btc","price_usd":1,"timestamp":1}', 'field "currency" is "btc", expected one such as BTC'],
  ['{"currency":"BTC","timestamp":1}', 'field "price_usd" is missing, expected a finite number above 0'],
  ['{"currency":"BTC","price_usd":-1,"timestamp":1}', 'field "price_usd" is -1, expected a finite number'],
  [
    '{"currency":"BTC","price_usd":1,"timestamp":1e99}',
    'field "timestamp" is 1e+99, expected seconds since 1970',
  ],
  ['{"currency":"BTC","price_usd":1}', 'field "timestamp" is missing, expected seconds since 1970'],
])("readLine() refuses %s", (line, problem) => {
  equal(readLine(utf8.encode(line), 0).problem?.slice(0, problem.length), problem);
});

Deno.test("readLine() shortens what it quotes", () => {
  equal(readLine(utf8.encode("x".repeat(1e6)), 0).problem!.length < 130, true);
});

Deno.test("readLine() refuses what is nested too deeply to be shown", () => {
  const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
  const line = lineA.replace('"price":100', `"price":${deep}`);
  equal(
    readLine(utf8.encode(line), 0).problem,
    'field "price" is an array, expected a finite number above 0',
  );
});

Deno.test("readLine() keeps the digits of a long integer", () => {
  const line = lineA.replace('"sequence_number":0', '"sequence_number":9007199254740993');
  equal(readLine(utf8.encode(line), 0).tick?.sequence_number, 9007199254740993n);
});

Deno.test("readLine() refuses bytes that are not UTF-8", () => {
  const bytes = new Uint8Array([...utf8.encode('{"id":"'), 0xff, ...utf8.encode(`"}\n${lineB}`)]);
  deepEqual(lines(bytes), [[1, 'the line is "10 bytes", expected UTF-8 text'], [2, fieldsOf(b)]]);
});

Deno.test("readLine() comes to the end of any bytes, and throws nothing", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void lines(bytes)), { numRuns: 1000 });
});
