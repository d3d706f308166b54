import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { parseBinance, parseBinanceTrades } from "#pipeline/sources/binance.ts";
import { parseCoinbase, parseCoinbaseTrades } from "#pipeline/sources/coinbase.ts";
import { coinDeskRefusal, parseCoinDesk } from "#pipeline/sources/coindesk.ts";
import { coinGeckoRefusal, parseCoinGecko } from "#pipeline/sources/coingecko.ts";
import { json, ShapeError } from "#pipeline/sources/fields.ts";
import { parseKraken, parseKrakenTrades } from "#pipeline/sources/kraken.ts";
import { decodeTick, encodeTick, type Tick } from "#pipeline/tick.ts";

/** `-- --runs=N` after the test command, as `deno task fuzz` has it; 10,000 inputs otherwise. */
const runs = Number(Deno.args.find((arg) => arg.startsWith("--runs="))?.slice(7) ?? 10_000);
const nowMs = Date.parse("2026-05-01T12:00:05Z");
const pairs = (name: string) => new Map([[name, "BTC-USD"]]);

/** Every way in for bytes from outside: the ticks of a text, or a ShapeError. */
const readers: Readonly<Record<string, readonly ((text: string) => readonly Tick[])[]>> = {
  binance: [
    (text) => ticksOf(parseBinance(text, pairs("BTCUSDT"), nowMs)),
    (text) => parseBinanceTrades(json("fuzz", text), "BTC-USD", nowMs).map(({ tick }) => tick),
  ],
  coinbase: [
    (text) => ticksOf(parseCoinbase(text, pairs("BTC-USD"), nowMs)),
    (text) => parseCoinbaseTrades(json("fuzz", text), "BTC-USD", nowMs).map(({ tick }) => tick),
  ],
  kraken: [
    (text) => ticksOf(parseKraken(text, pairs("BTC/USD"), nowMs)),
    (text) => parseKrakenTrades(json("fuzz", text), "BTC-USD", nowMs).map(({ tick }) => tick),
  ],
  coingecko: [(text) => {
    const reply = json("fuzz", text);
    return coinGeckoRefusal(reply) === null ? [parseCoinGecko(reply, "BTC-USD", nowMs)] : [];
  }],
  coindesk: [(text) => {
    const reply = json("fuzz", text);
    return coinDeskRefusal(reply) === null ? [parseCoinDesk(reply, "BTC-USD", nowMs)] : [];
  }],
};

function ticksOf(message: ReturnType<typeof parseBinance>): readonly Tick[] {
  return message.kind === "trades" ? message.trades.map(({ tick }) => tick) : [];
}

/** Values that have broken parsers before. */
const hostile = [
  "null",
  "true",
  "0",
  "-0",
  "-1",
  "1e400",
  "-1e400",
  "1e-400",
  "9007199254740993",
  '""',
  '" "',
  '"NaN"',
  '"Infinity"',
  '"0x10"',
  '"1e999"',
  '"-5"',
  '"1,5"',
  "[]",
  "{}",
  "[[]]",
  '{"__proto__":{"p":1}}',
  '"constructor"',
  '"\\u0000"',
  '"2026-02-30T00:00:00Z"',
  '"+275760-09-13T00:00:00Z"',
  "8.64e15",
  "8.7e15",
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
];

/** The documented messages, and damage to be done to them. */
function damaged(source: string): fc.Arbitrary<string> {
  const folder = new URL(`../fixtures/sources/${source}/`, import.meta.url);
  const texts = [...Deno.readDirSync(folder)].filter(({ name }) => !name.endsWith(".expected.json"))
    .map(({ name }) => Deno.readTextFileSync(new URL(name, folder)).trim());
  const text = fc.constantFrom(...texts);
  const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const values = [...texts.join("\n").matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g)].map((
    [value],
  ) => value);
  return fc.oneof(
    // Another value in the place of one.
    fc.tuple(text, at, fc.constantFrom(...hostile, ...values)).map(([text, at, value]) =>
      replaceValue(text, at, value)
    ),
    // Cut off, and cut out.
    fc.tuple(text, at, at).map(([text, from, to]) =>
      text.slice(0, from * text.length) + text.slice(to * text.length)
    ),
    // A wrong byte.
    fc.tuple(text, at, fc.integer({ min: 0, max: 255 })).map(([text, at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[Math.floor(at * bytes.length)] = byte;
      return bytes.toString();
    }),
    fc.constantFrom(...hostile),
    fc.json({ maxDepth: 4 }),
  );
}

function replaceValue(text: string, at: number, value: string): string {
  const places = [
    ...text.matchAll(/(?<=[:,[]\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)(?=\s*[,\]}])/g),
  ];
  const place = places[Math.floor(at * places.length)];
  if (place === undefined) return value;
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
}

for (const [source, reads] of Object.entries(readers)) {
  Deno.test(`${source}: of ${runs} damaged messages none is uncaught, and no wrong tick comes out`, () => {
    let accepted = 0;
    const property = fc.property(damaged(source), (text) => {
      for (const read of reads) {
        let ticks: readonly Tick[];
        try {
          ticks = read(text);
        } catch (error) {
          assert(error instanceof ShapeError, `${error}`);
          assert(error.message.length < 1_000);
          continue;
        }
        for (const tick of ticks) {
          accepted++;
          // The receiver's own rules hold: finite, above zero, a time that exists.
          assert.deepEqual(decodeTick(encodeTick(tick)), tick);
          assert(Date.parse(tick.time) <= nowMs + 60_000);
        }
      }
    });
    fc.assert(property, { numRuns: runs });
    assert(accepted > 0, "none was accepted: the damage is too great to test anything");
  });
}
