import fc from "fast-check";
import type { Tick } from "#pipeline/tick.ts";

/** Any tick there may be, for properties. */
export const anyTick: fc.Arbitrary<Tick> = fc.record({
  source: fc.stringMatching(/^[a-z0-9_]{1,32}$/),
  base: fc.stringMatching(/^[A-Z0-9]{1,16}$/),
  quote: fc.stringMatching(/^[A-Z0-9]{1,16}$/),
  trade: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => !/\p{C}/u.test(text)),
  price: fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
  size: fc.option(fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }).map((size) => size + 0)),
  side: fc.constantFrom("buy" as const, "sell" as const, null),
  time: anyTime(),
  received_at: anyTime(),
}).map(({ base, quote, trade, ...tick }) => {
  const symbol = `${base}-${quote}`;
  return { id: `${tick.source}|${symbol}|${trade}`, symbol, ...tick };
});

function anyTime(): fc.Arbitrary<string> {
  const min = new Date("0001-01-01T00:00:00Z");
  const max = new Date("9999-12-31T23:59:59Z");
  return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
}
