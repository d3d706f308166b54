import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError, timeFormat, utcTime } from "#pipeline/sources/fields.ts";

const anyMs = fc.oneof(
  fc.integer({ min: -1_000_000, max: 4_102_444_800_000 }),
  fc.integer({ min: 1_777_636_000_000, max: 1_777_636_200_000 }),
);

Deno.test("timeFormat() formats as Date does, whatever was formatted before", () => {
  const format = timeFormat();
  fc.assert(fc.property(fc.array(anyMs), (times) => {
    for (const ms of times) assert.equal(format(ms), new Date(ms).toISOString());
  }));
});

Deno.test("utcTime() takes the times that exist, up to a minute ahead, whatever was read before", () => {
  const anyTime = fc.tuple(
    ...[2026, 13, 32, 25, 61, 61].map((limit) => fc.integer({ min: limit === 2026 ? 2025 : 0, max: limit })),
  );
  const nowMs = Date.parse("2026-02-20T12:00:00Z");
  fc.assert(
    fc.property(fc.array(anyTime), (times) => {
      for (const [year, ...rest] of times) {
        const [month, day, hour, minute, second] = rest.map((part) => String(part).padStart(2, "0"));
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.123456Z`;
        const ms = Date.parse(text);
        const exists = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 19));
        if (exists && Math.floor(ms / 1_000) * 1_000 <= nowMs + 60_000) {
          assert.equal(utcTime("kind", "time", text, nowMs), text);
        } else assert.throws(() => utcTime("kind", "time", text, nowMs), ShapeError);
      }
    }),
    { numRuns: 1_000 },
  );
});
