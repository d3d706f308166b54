import assert from "node:assert/strict";
import fc from "fast-check";
import { tradeNumbers } from "#pipeline/sources/trade_numbers.ts";

const time = "2026-05-01T12:00:00Z";

Deno.test("tradeNumbers() takes each trade once and knows what is missing, in any order, with any repetitions", () => {
  const arrivals = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 150 });
  fc.assert(fc.property(arrivals, (later) => {
    const numbers = tradeNumbers();
    assert(numbers.see(1, time, "skipped", 0));
    const seen = new Set([1]);
    for (const number of later) {
      assert.equal(numbers.see(number, time, "skipped", 0), !seen.has(number), `${number}`);
      seen.add(number);
    }
    const missing = Array.from({ length: Math.max(...seen) }, (_, i) => i + 1).filter((number) =>
      !seen.has(number)
    );
    const held = numbers.holes().flatMap(({ from, to }) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i)
    );
    assert.deepEqual(held.sort((a, b) => a - b), missing);
  }));
});

Deno.test("tradeNumbers() keeps when and after which trade a hole was found, and why", () => {
  const numbers = tradeNumbers();
  numbers.see(5, time, "skipped", 10);
  numbers.see(9, "2026-05-01T12:00:01Z", "closed by the exchange", 20);
  assert.deepEqual(numbers.holes(), [
    { from: 6, to: 8, after: time, cause: "closed by the exchange", foundMs: 20 },
  ]);
});

Deno.test("miss() opens a hole at the end, which grows while the cause is the same", () => {
  const numbers = tradeNumbers();
  numbers.miss(3, "overflow", 0);
  assert.deepEqual(numbers.holes(), [], "nothing is followed yet");
  numbers.see(5, time, "skipped", 10);
  numbers.miss(7, "overflow", 20);
  numbers.miss(9, "overflow", 30);
  numbers.miss(8, "overflow", 40);
  assert.deepEqual(numbers.holes().map(({ from, to, foundMs }) => [from, to, foundMs]), [[6, 9, 20]]);
  assert(numbers.see(10, time, "skipped", 50));
  assert(numbers.fill(6));
  assert(!numbers.fill(6));
});

Deno.test("close() counts what is missing; a number that was given up is new when it comes after all", () => {
  const numbers = tradeNumbers();
  numbers.see(1, time, "skipped", 0);
  numbers.see(10, time, "skipped", 0);
  numbers.see(4, time, "skipped", 0);
  assert.equal(numbers.close(2, 9), 7);
  assert.deepEqual(numbers.holes(), []);
  assert(numbers.see(7, time, "skipped", 0));
  assert(!numbers.see(7, time, "skipped", 0));
});

Deno.test("one wild number does not silence the trades after it, and neither does a count that begins anew", () => {
  const numbers = tradeNumbers();
  numbers.see(100, time, "skipped", 0);
  numbers.see(Number.MAX_SAFE_INTEGER - 1, time, "skipped", 0);
  numbers.close(101, Number.MAX_SAFE_INTEGER - 2);
  assert(numbers.see(101, time, "skipped", 0));
  assert(numbers.see(102, time, "skipped", 0));
  assert(numbers.see(1, time, "skipped", 0));
});
