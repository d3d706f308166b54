import assert from "node:assert/strict";
import { coindesk } from "#pipeline/sources/coindesk.ts";
import { coingecko, type CoinGeckoOptions } from "#pipeline/sources/coingecko.ts";
import { fakeExchange } from "./fake_exchange.ts";
import { type ManualClock, manualClock } from "./manual_clock.ts";
import { type Tap, tap } from "./tap.ts";

const now = () => Date.parse("2026-05-01T12:00:30Z");
const atNoon = Date.parse("2026-05-01T12:00:00Z") / 1_000;

/** A poller at work on a clock that stands still, and when it asked, on that clock. */
interface Scene extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly tap: Tap;
  readonly askedMs: number[];
  readonly headers: Headers[];
}

/** The replies come in turn, the last one again and again. */
function polling(
  replies: readonly (() => Response | Promise<Response>)[],
  options: Partial<CoinGeckoOptions> = {},
  open: (options: CoinGeckoOptions) => ReturnType<typeof coingecko> = coingecko,
): Scene {
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  const askedMs: number[] = [];
  const headers: Headers[] = [];
  const exchange = fakeExchange((request) => {
    askedMs.push(clock.now());
    headers.push(request.headers);
    heard.listeners.log("asked", { url: request.url });
    return replies[Math.min(askedMs.length, replies.length) - 1]!();
  });
  const source = open({
    symbols: ["BTC-USD"],
    url: exchange.httpUrl,
    clock,
    now,
    ...heard.listeners,
    ...options,
  });
  const reading = heard.read(source, stop.signal);
  return {
    clock,
    tap: heard,
    askedMs,
    headers,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await clock.until(reading);
      await exchange[Symbol.asyncDispose]();
    },
  };
}

const price = (usd: number, seconds: number) => () =>
  Response.json({ bitcoin: { usd, gbp: 5e4, eur: 6e4, last_updated_at: seconds } });

/** Lets time pass until the poller has asked so often. */
async function asked({ clock, tap }: Scene, times: number, stepMs = 1_000): Promise<void> {
  await clock.until(tap.line("asked", times), stepMs);
}

Deno.test("a poller asks at its interval, and gives a repeated or an older reading no second time", async () => {
  const replies = [
    price(67_000, atNoon),
    price(67_000, atNoon),
    price(67_100, atNoon + 20),
    price(67_000, atNoon),
  ];
  await using on = polling(replies);
  await asked(on, 5);
  assert.deepEqual(on.tap.ticks.map(({ price, time, size, side }) => [price, time, size, side]), [
    [67_000, "2026-05-01T12:00:00.000Z", null, null],
    [67_100, "2026-05-01T12:00:20.000Z", null, null],
  ]);
  assert.match(on.tap.ticks[0]!.id, /^coingecko\|BTC-USD\|2026-05-01T12:00:00\.000Z\.[0-9a-f]{8}$/);
  // A request reaches the fake some turns of the event loop after it was made.
  const steps = on.askedMs.slice(1).map((ms, i) => ms - on.askedMs[i]!);
  assert(steps.every((ms) => ms >= 57_000 && ms <= 63_000), `${steps} ms`);
});

Deno.test("a poller reads several currencies in one request, and those that are right when one is wrong", async () => {
  const reply = () =>
    Response.json({ bitcoin: { usd: 67_000, gbp: -1, eur: 60_000, last_updated_at: atNoon } });
  await using on = polling([reply], { symbols: ["BTC-USD", "BTC-GBP", "BTC-EUR"] });
  await on.tap.when(() => on.tap.ticks.length === 2);
  assert.deepEqual(on.tap.ticks.map(({ symbol }) => symbol), ["BTC-USD", "BTC-EUR"]);
  assert.equal(on.tap.rejects[0]!.kind, "coingecko.simple_price.bitcoin.gbp");
  const { url } = (await on.tap.line("asked")).fields;
  assert.match(String(url), /ids=bitcoin&vs_currencies=usd%2Cgbp%2Ceur&include_last_updated_at=true/);
});

Deno.test("coindesk reads the price index with its key, and says what is wrong without one", async () => {
  const reply = () =>
    Response.json({
      Data: { "BTC-USD": { VALUE: 67_000.5, VALUE_LAST_UPDATE_TS: atNoon, VALUE_LAST_UPDATE_TS_NS: 5_000 } },
      Err: {},
    });
  const refusal = () =>
    Response.json({ Data: {}, Err: { type: 2, message: "API key required", http_status_code: 401 } });
  const open = (options: CoinGeckoOptions) => coindesk({ ...options, apiKey: options.demoKey });
  await using on = polling([refusal, reply], { demoKey: "canary-key" }, open);
  const { fields } = await on.tap.line("source.failed");
  assert.match(String(fields.cause), /API key required/);
  assert.match(String(fields.advice), /set COINDESK_API_KEY/);
  await asked(on, 2);
  await on.tap.when(() => on.tap.ticks.length === 1);
  assert.equal(on.tap.ticks[0]!.time, "2026-05-01T12:00:00.000005Z");
  assert.equal(on.headers[0]!.get("authorization"), "Apikey canary-key");
  assert.equal(JSON.stringify(on.tap.logged).includes("canary-key"), false);
});

Deno.test.each([
  [{ demoKey: "canary" }, "x-cg-demo-api-key"],
  [{ proKey: "canary" }, "x-cg-pro-api-key"],
])("coingecko sends %o in its header", async (keys, header) => {
  await using on = polling([price(1, atNoon)], keys as CoinGeckoOptions);
  await on.tap.line("asked");
  assert.equal(on.headers[0]!.get(header as string), "canary");
});

Deno.test("a poller stretches an interval that the plan can't pay for, and says so", async () => {
  await using on = polling([price(1, atNoon)], { demoKey: "key", intervalMs: 10_000 });
  const { fields } = await on.tap.line("source.stretched");
  assert.deepEqual([fields.interval_ms, fields.stretched_to_ms], [10_000, 267_840]);
  await asked(on, 2);
  assert(on.askedMs[1]! - on.askedMs[0]! >= 267_840);
});

const limited = (retryAfter: string, date?: string) => () =>
  new Response("{}", { status: 429, headers: { "retry-after": retryAfter, ...(date && { date }) } });

Deno.test.each([
  ["seconds", limited("600")],
  ["a date", limited("Fri, 01 May 2026 12:10:30 GMT", "Fri, 01 May 2026 12:00:30 GMT")],
  [
    "a date, by a server whose clock is a day ahead",
    limited("Sat, 02 May 2026 12:10:30 GMT", "Sat, 02 May 2026 12:00:30 GMT"),
  ],
])("after 429 no request is made before Retry-After, given as %s", async (_, reply) => {
  await using on = polling([reply as () => Response, price(1, atNoon)]);
  const { fields } = await on.tap.line("source.failed");
  assert.equal(fields.retry_ms, 600_000);
  on.clock.advance(599_999);
  assert.equal(on.askedMs.length, 1);
  await asked(on, 2);
  assert(on.askedMs[1]! >= 600_000);
});

Deno.test("after 429 without Retry-After the pause doubles up to a quarter of an hour", async () => {
  await using on = polling([() => new Response("", { status: 429 })]);
  await asked(on, 7, 10_000);
  const pauses = on.tap.logged.filter(({ event }) => event === "source.failed").map(({ fields }) =>
    fields.retry_ms
  );
  assert.deepEqual(pauses.slice(0, 6), [120_000, 240_000, 480_000, 900_000, 900_000, 900_000]);
});

Deno.test.each([
  [
    "status 401",
    () => new Response(`{"error":"no key"}`, { status: 401 }),
    /status 401 \{"error":"no key"\}/,
    /set COINGECKO_DEMO_API_KEY/,
  ],
  [
    "status 403",
    () => new Response("", { status: 403 }),
    /status 403/,
    /refuses us: check COINGECKO_DEMO_API_KEY/,
  ],
  ["status 503", () => new Response("", { status: 503 }), /status 503/, /in trouble itself/],
  [
    "a web page",
    () => new Response("<!doctype html>Sign in"),
    /a web page instead of data/,
    /shows a web page/,
  ],
  [
    "half a reply",
    () => new Response(`{"bitcoin":{"us`),
    /a reply of 15 characters that is no JSON/,
    /right endpoint/,
  ],
  ["5 MB", () => new Response(`{"x":"${"x".repeat(5e6)}"}`), /more than 4194304 bytes/, /right endpoint/],
  [
    "a code for a wrong key",
    () => Response.json({ status: { error_code: 10_010 } }),
    /error 10010/,
    /set COINGECKO/,
  ],
  ["a body that drips", drip, /no answer within 0.3 s/, /slow or stuck/],
])("a poller goes on after %s, with advice", async (_, reply, cause, advice) => {
  await using on = polling([reply as () => Response, price(1, atNoon)], { timeoutMs: 300 });
  const { fields } = await on.tap.line("source.failed");
  assert.match(String(fields.cause), cause as RegExp);
  assert.match(String(fields.advice), advice as RegExp);
  await on.clock.until(on.tap.when(() => on.tap.ticks.length === 1), 1_000);
});

/** A byte now, and the rest never. */
function drip(): Response {
  const start = (controller: ReadableStreamDefaultController) =>
    controller.enqueue(new TextEncoder().encode("{"));
  return new Response(new ReadableStream({ start }));
}

Deno.test("a price that is the same for long is told of", async () => {
  await using on = polling([price(67_000, atNoon)]);
  const { fields } = await on.clock.until(on.tap.line("source.stale"), 1_000);
  assert(Number(fields.silent_ms) >= 300_000);
});

Deno.test("a reply of a hundred thousand brackets is refused like any other", async () => {
  const depth = 100_000;
  const bomb = () => new Response(`{"bitcoin":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  await using on = polling([bomb]);
  await on.tap.when(() => on.tap.rejects.length === 1);
  assert.match(on.tap.rejects[0]!.reason, /field "bitcoin" is an array, expected a JSON object/);
});

Deno.test("coingecko names the coins that it knows", () => {
  assert.throws(
    () => coingecko({ symbols: ["XYZ-USD"] }),
    /coingecko has no "XYZ-USD" here: expected one of ADA, /,
  );
});
