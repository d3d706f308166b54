import assert from "node:assert/strict";
import { take } from "#pipeline/sources/pace.ts";
import { fakeExchange } from "./fake_exchange.ts";
import { type ManualClock, manualClock } from "./manual_clock.ts";
import { type MarketTrade, marketTrades, type Wire, wires } from "./market.ts";
import { type Tap, tap } from "./tap.ts";

const named = Object.entries(wires);
const now = () => Date.parse("2026-05-01T13:00:00Z");

/** A source that reads from a fake exchange, on a clock that stands still. */
interface Scene extends AsyncDisposable {
  readonly exchange: ReturnType<typeof fakeExchange>;
  readonly clock: ManualClock;
  readonly tap: Tap;
  stop(): Promise<void>;
}

function scene(
  wire: Wire,
  past: readonly MarketTrade[],
  options: { staleMs?: number; page?: number } = {},
): Scene {
  const exchange = fakeExchange((request) =>
    request.headers.has("upgrade") ? undefined : wire.past(past, request, options.page ?? 1_000)
  );
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  const source = wire.open({
    symbols: ["BTC-USD"],
    url: exchange.url,
    clock,
    now,
    random: () => 1,
    staleMs: options.staleMs,
    ...heard.listeners,
  });
  const reading = heard.read(source, stop.signal);
  const end = async () => {
    stop.abort();
    await clock.until(reading);
  };
  return {
    exchange,
    clock,
    tap: heard,
    stop: end,
    async [Symbol.asyncDispose]() {
      await end();
      await exchange[Symbol.asyncDispose]();
    },
  };
}

function numbersOf({ ticks }: Tap): number[] {
  return ticks.map(({ id }) => Number(id.split("|")[2]));
}

Deno.test.each(named)("%s gives every trade once, in order, whatever is repeated", async (name, wire) => {
  const trades = marketTrades(20);
  await using on = scene(wire, trades);
  const connection = await on.exchange.connection();
  connection.send(...trades.slice(0, 12).map(wire.frame), ...trades.slice(5).map(wire.frame));
  await on.tap.when(() => on.tap.ticks.length === 20);
  assert.deepEqual(numbersOf(on.tap), trades.map(({ number }) => number));
  const { price, size, side, time, symbol, received_at } = on.tap.ticks[7]!;
  const trade = trades[7]!;
  assert.deepEqual({ price, size, side, symbol }, { ...pick(trade), symbol: "BTC-USD" });
  assert.equal(Date.parse(time), trade.timeMs);
  assert.equal(received_at, "2026-05-01T13:00:00.000Z");
  if (name !== "binance") assert.match(await connection.subscribed, /"subscribe"/);
  await on.stop();
  assert.deepEqual(on.tap.gaps, []);
});

function pick({ price, size, taker }: MarketTrade) {
  return { price, size, side: taker };
}

Deno.test.each(named)(
  "%s asks for skipped trades, page by page, and writes the gap down",
  async (_, wire) => {
    const trades = marketTrades(60);
    await using on = scene(wire, trades, { page: 7 });
    const connection = await on.exchange.connection();
    connection.send(...trades.filter((_, i) => i < 10 || i >= 40).map(wire.frame));
    await on.clock.until(on.tap.when(() => on.tap.gaps.length === 1));
    assert.deepEqual(numbersOf(on.tap).sort(), trades.map(({ number }) => number));
    const { found_at: _found, ...gap } = on.tap.gaps[0]!;
    assert.deepEqual(gap, {
      source: on.tap.ticks[0]!.source,
      symbol: "BTC-USD",
      from: 1_010,
      to: 1_039,
      after: on.tap.ticks.find(({ id }) => id.endsWith("|1009"))!.time,
      cause: "skipped",
      repaired: true,
      missing: 0,
    });
    assert(on.exchange.requests.length >= 5, `${on.exchange.requests.length} requests`);
  },
);

Deno.test.each(named)("%s lets a late trade fill its place, and asks nobody", async (_, wire) => {
  const trades = marketTrades(10);
  await using on = scene(wire, trades);
  const connection = await on.exchange.connection();
  connection.send(...[0, 1, 4, 2, 3, 6, 5, 7, 9, 8].map((i) => wire.frame(trades[i]!)));
  await on.tap.when(() => on.tap.ticks.length === 10);
  on.clock.advance(10_000);
  assert.deepEqual(numbersOf(on.tap).sort(), trades.map(({ number }) => number));
  await on.stop();
  assert.deepEqual([on.tap.gaps, on.exchange.requests], [[], []]);
});

Deno.test("feed() ends cleanly while a read is pending, and when its reader leaves", async () => {
  await using exchange = fakeExchange();
  const stop = new AbortController();
  const ticks = wires.kraken.open({ symbols: ["BTC-USD"], url: exchange.url, now }).ticks(stop.signal);
  const pending = ticks[Symbol.asyncIterator]().next();
  await exchange.connection();
  stop.abort();
  assert.deepEqual(await pending, { value: undefined, done: true });

  const source = wires.kraken.open({ symbols: ["BTC-USD"], url: exchange.url, now });
  const first = Array.fromAsync(take(source, 1).ticks(new AbortController().signal));
  const connection = await exchange.connection();
  connection.send(...marketTrades(2).map(wires.kraken.frame));
  assert.equal((await first)[0]!.id, "kraken|BTC-USD|1000");
  await connection.closed;
});

Deno.test("coinbase learns of missing trades from a heartbeat", async () => {
  const trades = marketTrades(10);
  await using on = scene(wires.coinbase, trades);
  const connection = await on.exchange.connection();
  connection.send(...trades.slice(0, 5).map(wires.coinbase.frame));
  connection.send({
    type: "heartbeat",
    sequence: 9,
    last_trade_id: 1_009,
    product_id: "BTC-USD",
    time: "2026-05-01T12:00:03Z",
  });
  await on.clock.until(on.tap.when(() => on.tap.gaps.length === 1));
  assert.equal(on.tap.ticks.length, 10);
});

Deno.test("feed() says what it could not get back, and gives it up after five failures", async () => {
  const trades = marketTrades(10);
  let failures = 0;
  const wire: Wire = {
    ...wires.binance,
    past: () => (failures++, new Response("busy", { status: 503, headers: { "retry-after": "60" } })),
  };
  await using on = scene(wire, trades, { staleMs: 3_600_000 });
  const connection = await on.exchange.connection();
  connection.send(...[0, 1, 2, 6, 7].map((i) => wire.frame(trades[i]!)));
  await on.clock.until(on.tap.when(() => on.tap.gaps.length === 1), 1_000);
  assert.equal(failures, 5);
  const { from, to, repaired, missing } = on.tap.gaps[0]!;
  assert.deepEqual({ from, to, repaired, missing }, { from: 1_003, to: 1_005, repaired: false, missing: 3 });
  const { fields } = await on.tap.line("source.backfill_failed");
  assert.equal(fields.retry_ms, 60_000);
  assert.match(String(fields.advice), /in trouble itself/);
  // A trade that was given up and comes after all is taken.
  connection.send(wire.frame(trades[4]!));
  await on.tap.when(() => on.tap.ticks.length === 6);
  assert.equal(numbersOf(on.tap).at(-1), 1_004);
});

Deno.test("feed() writes down at the end what is still open", async () => {
  const trades = marketTrades(10);
  await using on = scene(wires.kraken, trades);
  const connection = await on.exchange.connection();
  connection.send(...[0, 1, 5].map((i) => wires.kraken.frame(trades[i]!)));
  await on.tap.when(() => on.tap.ticks.length === 3);
  await on.stop();
  assert.deepEqual(on.tap.gaps.map(({ from, to, repaired }) => [from, to, repaired]), [[
    1_002,
    1_004,
    false,
  ]]);
});

Deno.test("500 disconnects: no trade is missing after the backfill", async () => {
  const trades = marketTrades(5_000);
  await using on = scene(wires.binance, trades, { staleMs: 3_600_000 });
  const run = async () => {
    for (let i = 0; i < 500; i++) {
      const connection = await on.exchange.connection();
      // Of ten trades the first three come, then the connection goes.
      connection.send(...trades.slice(i * 10, i * 10 + 3).map(wires.binance.frame));
      await on.tap.when(() => on.tap.ticks.some(({ id }) => id.endsWith(`|${1_000 + i * 10 + 2}`)));
      connection.close(1_001, "maintenance");
    }
    const last = await on.exchange.connection();
    last.send(wires.binance.frame(trades.at(-1)!));
    await on.tap.when(() => on.tap.gaps.length === 500);
  };
  await on.clock.until(run(), 4_000);
  assert.deepEqual(numbersOf(on.tap).sort((a, b) => a - b), trades.map(({ number }) => number));
  assert(on.tap.gaps.every(({ repaired }) => repaired));
  assert.match(on.tap.gaps[0]!.cause, /closed by the exchange \(code 1001, "maintenance"\)/);
  assert.equal(on.tap.logged.filter(({ event }) => event === "source.lost").length, 500);
});

Deno.test("feed() refuses wrong messages, tells of each kind once, and goes on", async () => {
  const trades = marketTrades(3);
  await using on = scene(wires.binance, trades);
  const connection = await on.exchange.connection();
  const data = { e: "trade", E: 1, s: "BTCUSDT", t: 1, p: "1", q: "1", T: 1, m: true };
  const { p: _, ...priceless } = data;
  const wrong = [priceless, { ...data, p: "NaN" }, { ...data, p: "1e999" }, { ...data, t: "7" }, {
    ...data,
    T: 8e15,
  }];
  connection.send(...wrong, "<html>502 Bad Gateway</html>", `{"e":"trade","p":"6`, ...wrong);
  connection.send(...trades.map(wires.binance.frame));
  await on.tap.when(() => on.tap.ticks.length === 3);
  const told = on.tap.logged.filter(({ event }) => event === "source.refused").map(({ fields }) =>
    fields.kind
  );
  assert.deepEqual(told, ["binance.trade.p", "binance.trade.t", "binance.trade.T", "binance.message"]);
  assert.equal(on.tap.rejects.length, 12);
  assert.equal(
    on.tap.rejects[0]!.reason,
    `binance.trade: field "p" is missing, expected a finite number above 0`,
  );
  assert.equal(on.tap.rejects[0]!.raw, JSON.stringify(priceless));
});

Deno.test("feed() never holds more ticks than its capacity by much; what it left out is asked for again", async () => {
  const trades = marketTrades(3_000);
  const wire = wires.binance;
  const exchange = fakeExchange((request) =>
    request.headers.has("upgrade") ? undefined : wire.past(trades, request, 1_000)
  );
  await using _exchange = exchange;
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  const options = { symbols: ["BTC-USD"], url: exchange.url, clock, now, capacity: 50, ...heard.listeners };
  const ticks = wire.open(options).ticks(stop.signal)[Symbol.asyncIterator]();
  const first = ticks.next();
  const connection = await exchange.connection();
  connection.send(...trades.slice(0, 2_000).map(wire.frame));
  const taken = [(await first).value!];
  // Nobody takes a tick now, as if the hub were slow.
  await heard.line("source.overflow");
  connection.send(...trades.slice(2_000, 2_900).map(wire.frame));
  const rest = (async () => {
    for (let next = await ticks.next(); !next.done; next = await ticks.next()) {
      taken.push(next.value);
      if (taken.length === 2_900) connection.send(...trades.slice(2_900).map(wire.frame));
      if (taken.length === 3_000) stop.abort();
    }
  })();
  await clock.until(rest);
  const numbers = taken.map(({ id }) => Number(id.split("|")[2]));
  assert.deepEqual(numbers.sort((a, b) => a - b), trades.map(({ number }) => number));
  assert(
    heard.gaps.length >= 1 && heard.gaps.every(({ cause, repaired }) => cause === "overflow" && repaired),
  );
});

Deno.test("a clock of ours that jumps back refuses trades aloud, and has them asked for when it is right again", async () => {
  const trades = marketTrades(30);
  const wire = wires.coinbase;
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  await using exchange = fakeExchange((request) =>
    request.headers.has("upgrade") ? undefined : wire.past(trades, request, 1_000)
  );
  let wallMs = now();
  const source = wire.open({
    symbols: ["BTC-USD"],
    url: exchange.url,
    clock,
    now: () => wallMs,
    ...heard.listeners,
  });
  const reading = heard.read(source, stop.signal);
  const connection = await exchange.connection();
  connection.send(...trades.slice(0, 10).map(wire.frame));
  await heard.when(() => heard.ticks.length === 10);
  wallMs -= 6 * 3_600_000;
  connection.send(...trades.slice(10, 20).map(wire.frame));
  await heard.when(() => heard.rejects.length === 10);
  assert.match(
    heard.rejects[0]!.reason,
    /coinbase.match: field "time" is .* up to now \(2026-05-01T07:00:00.000Z\)/,
  );
  wallMs += 6 * 3_600_000;
  connection.send(...trades.slice(20).map(wire.frame));
  await clock.until(heard.when(() => heard.ticks.length === 30));
  stop.abort();
  await clock.until(reading);
  assert.deepEqual(new Set(heard.ticks.map(({ id }) => id)).size, 30);
});
