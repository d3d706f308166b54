import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DecodeError,
  decodeTick,
  encodeStoredTick,
  encodeTick,
  parseTick,
  type Tick,
} from "#pipeline/tick.ts";
import { anyTick } from "./arbitrary_ticks.ts";

const tick: Tick = {
  id: "binance|BTC-USD|12345",
  source: "binance",
  symbol: "BTC-USD",
  price: 67123.45,
  size: 0.0123,
  side: "sell",
  time: "2026-05-01T12:00:00.123Z",
  received_at: "2026-05-01T12:00:00.200Z",
};

Deno.test("decodeTick() gives back what encodeTick() took, for any tick", () => {
  fc.assert(fc.property(anyTick, (any) => {
    assert.deepEqual(decodeTick(encodeTick(any)), any);
  }));
});

Deno.test("encodeStoredTick() adds the delivery, and stays on one line", () => {
  const delivery = {
    partition: 3,
    sequence_number: 9,
    enqueued_at: "2026-05-01T12:00:01.000Z",
    generation: "ab12",
  };
  const line = encodeStoredTick(tick, delivery);
  assert.deepEqual(JSON.parse(line), { ...tick, ...delivery });
  assert.deepEqual(parseTick(line), tick);
  assert.equal(line.includes("\n"), false);
});

Deno.test("decodeTick() leaves fields that it does not know out", () => {
  const more = { ...tick, extra: 1, __proto__: { polluted: true } };
  assert.deepEqual(parseTick(JSON.stringify(more)), tick);
});

Deno.test.each([
  ["id", undefined, /"id" is missing/],
  [
    "id",
    "kraken|BTC-USD|1",
    /"id" is "kraken\|BTC-USD\|1", expected one that starts with "binance\|BTC-USD\|"/,
  ],
  ["id", "binance|BTC-USD|a\nb", /printable/],
  ["source", "Binance", /"source" is "Binance"/],
  ["symbol", "BTCUSD", /"symbol" is "BTCUSD", expected a pair such as BTC-USD/],
  ["symbol", "=A1-USD", /a pair/],
  ["price", undefined, /"price" is missing, expected a finite number above 0/],
  ["price", "67123.45", /"price" is "67123.45"/],
  ["price", 0, /"price" is 0/],
  ["price", -1, /"price" is -1/],
  ["price", null, /"price" is null/],
  ["size", -1, /"size" is -1/],
  ["size", "1", /"size" is "1"/],
  ["side", "long", /"side" is "long", expected "buy", "sell" or null/],
  ["time", "2026-05-01T12:00:00", /"time" is .*UTC/],
  ["time", "2026-05-01T12:00:00+02:00", /UTC/],
  ["time", "2026-02-30T12:00:00Z", /a date and time that exist/],
  ["time", 1746246720, /"time" is 1746246720/],
  ["received_at", "yesterday", /"received_at" is "yesterday"/],
])("decodeTick() refuses %s = %s", (field, value, message) => {
  const text = JSON.stringify({ ...tick, [field as string]: value });
  assert.throws(() => parseTick(text), (error) => {
    assert(error instanceof DecodeError);
    assert.equal(error.field, field);
    assert.match(error.message, message as RegExp);
    return true;
  });
});

const nested = JSON.stringify(tick).replace("67123.45", `${"[".repeat(1e5)}${"]".repeat(1e5)}`);

Deno.test.each([
  ["1e400 as a price", JSON.stringify(tick).replace("67123.45", "1e400")],
  ["NaN as a price", JSON.stringify(tick).replace("67123.45", "NaN")],
  ["a price nested too deeply to be shown", nested],
  ["an HTML page", "<html>502 Bad Gateway</html>"],
  ["half an object", JSON.stringify(tick).slice(0, 40)],
  ["an array", "[]"],
  ["null", "null"],
  ["nothing", ""],
])("decodeTick() refuses %s", (_, text) => {
  assert.throws(() => parseTick(text), DecodeError);
});

Deno.test("decodeTick() refuses bytes that are no UTF-8", () => {
  assert.throws(
    () => decodeTick(new Uint8Array([0x7b, 0xff, 0x7d])),
    /the line is "3 bytes", expected UTF-8/,
  );
});

Deno.test("decodeTick() throws nothing but DecodeError, whatever the JSON", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      const { price } = parseTick(text);
      assert(price > 0 && Number.isFinite(price));
    } catch (error) {
      assert(error instanceof DecodeError);
    }
  }));
});

Deno.test("DecodeError shortens a long value", () => {
  assert.throws(() => parseTick(JSON.stringify({ ...tick, side: "x".repeat(10_000) })), (error) => {
    return (error as Error).message.length < 200;
  });
});
