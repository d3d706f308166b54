import { equal } from "node:assert/strict";
import fc from "fast-check";
import { formatMicros, formatTime, parseMicros } from "#analytics/time.ts";

Deno.test.each([
  ["2026-05-01", 1777593600000000],
  ["2026-05-01T12:34", 1777638840000000],
  ["2026-05-01 12:34:56Z", 1777638896000000],
  ["2026-05-01T12:34:56.1234569Z", 1777638896123456],
  ["2026-05-01T14:34:56.5+02:00", 1777638896500000],
  ["1969-12-31T23:59:59.999999Z", -1],
])("parseMicros() reads %s", (text, micros) => {
  equal(parseMicros(text), micros);
});

Deno.test.each([
  ["2026-02-30"],
  ["2026-05-01T24:00:00Z"],
  ["2026-05-01T12:60:00Z"],
  ["2026-05-01T12:00:60Z"],
  ["2300-01-01"],
  ["yesterday"],
  ["1777593600"],
  ["2026-05-01T12:34:56Z; drop table ticks"],
])("parseMicros() refuses %s", (text) => {
  equal(parseMicros(text), undefined);
});

Deno.test("parseMicros() reads what formatMicros() writes", () => {
  fc.assert(fc.property(fc.integer({ min: -9e15, max: 9e15 }), (micros) => {
    equal(parseMicros(formatMicros(micros)), micros);
  }));
});

Deno.test("formatTime() cuts off what is finer than a millisecond", () => {
  equal(formatTime(1777638896123.999), "2026-05-01T12:34:56.123Z");
  equal(formatTime(-0.001), "1969-12-31T23:59:59.999Z");
});

Deno.test("formatTime() says the same as Date", () => {
  fc.assert(fc.property(fc.date({ noInvalidDate: true }), (date) => {
    equal(formatTime(date.getTime()), date.toISOString());
  }));
});
