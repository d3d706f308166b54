import assert from "node:assert/strict";
import { keepOpen, type SocketOptions } from "#pipeline/sources/socket.ts";
import { type FakeExchange, fakeExchange } from "./fake_exchange.ts";
import { type ManualClock, manualClock } from "./manual_clock.ts";
import { type RawServer, rawServer } from "./raw_server.ts";
import { type Tap, tap } from "./tap.ts";

/** A socket that is kept open on a clock that stands still; texts that start with "data" are data. */
interface Scene extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly tap: Tap;
  readonly texts: string[];
  readonly lost: string[];
}

function keep(url: string, options: Partial<SocketOptions> = {}): Scene {
  const clock = manualClock();
  const heard = tap();
  const stop = new AbortController();
  const texts: string[] = [];
  const lost: string[] = [];
  const open = keepOpen({
    ...defaults(),
    url,
    hear(text) {
      texts.push(text);
      heard.listeners.log("heard", { text });
      if (text === "closing") return { closing: "maintenance" };
      if (text === "refusal") return { refusal: "no such symbol" };
      return text.startsWith("data") ? "data" : "heartbeat";
    },
    onLost: (cause) => lost.push(cause),
    clock,
    log: heard.listeners.log,
    ...options,
  }, stop.signal);
  return {
    clock,
    tap: heard,
    texts,
    lost,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await clock.until(open);
    },
  };
}

function defaults(): Omit<SocketOptions, "url"> {
  return {
    source: "fake",
    subscribe: [],
    staleMs: 15_000,
    lifeMs: Infinity,
    maxFrameLength: 1_000,
    hear: () => "heartbeat",
    onLost() {},
    log() {},
    clock: manualClock(),
    random: () => 1,
    WebSocket,
  };
}

async function lostLine({ clock, tap }: Scene, count = 1): Promise<Record<string, unknown>> {
  return { ...(await clock.until(tap.line("source.lost", count))).fields };
}

Deno.test.each([
  ["that never says anything", []],
  ["that sends nothing but heartbeats", Array(20).fill("heartbeat")],
])("a feed %s is found after 15 s, and opened anew", async (_, texts) => {
  await using exchange = fakeExchange();
  await using on = keep(exchange.url);
  const connection = await exchange.connection();
  connection.send(...texts);
  await on.tap.when(() => on.texts.length === texts.length);
  on.clock.advance(14_999);
  assert.equal(on.tap.logged.some(({ event }) => event === "source.lost"), false);
  on.clock.advance(1);
  const { fields } = await on.tap.line("source.lost");
  assert.equal(fields.cause, "no data for 15 s since connecting");
  assert.match(String(fields.advice), /connected but silent/);
  await on.clock.until(exchange.connection());
});

Deno.test("a feed that falls silent is found 15 s after its last data, whatever else it sends", async () => {
  await using exchange = fakeExchange();
  await using on = keep(exchange.url);
  const connection = await exchange.connection();
  connection.send("data 1");
  await on.tap.line("heard", 1);
  on.clock.advance(10_000);
  connection.send("data 2");
  await on.tap.line("heard", 2);
  on.clock.advance(10_000);
  connection.send("heartbeat");
  await on.tap.line("heard", 3);
  on.clock.advance(4_999);
  assert.deepEqual(on.lost, []);
  on.clock.advance(1);
  const { fields } = await on.tap.line("source.lost");
  assert.equal(fields.cause, "no data for 15 s");
  assert.deepEqual(on.lost, ["no data for 15 s"]);
});

Deno.test("keepOpen() pauses longer from failure to failure, up to a minute, and starts anew after data", async () => {
  let refuse = true;
  await using exchange = fakeExchange(() => refuse ? new Response("", { status: 503 }) : undefined);
  await using on = keep(exchange.url);
  await on.clock.until(on.tap.line("source.lost", 7), 1_000);
  const pauses = on.tap.logged.map(({ fields }) => fields.retry_ms);
  assert.deepEqual(pauses, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  refuse = false;
  const connection = await on.clock.until(exchange.connection(), 1_000);
  connection.close();
  // Having been connected is no reason to hurry; data is.
  assert.equal((await on.tap.line("source.lost", 8)).fields.retry_ms, 60_000);
  const next = await on.clock.until(exchange.connection(), 1_000);
  next.send("data");
  await on.tap.line("heard");
  next.close();
  assert.equal((await on.tap.line("source.lost", 9)).fields.retry_ms, 2_000);
});

Deno.test("keepOpen() spreads its pauses by chance", async () => {
  await using exchange = fakeExchange(() => new Response("", { status: 503 }));
  await using on = keep(exchange.url, { random: () => 0 });
  assert.equal((await lostLine(on)).retry_ms, 1_000);
});

Deno.test.each([
  [401, /Invalid status code: 401/, /asks for a key/],
  [403, /Invalid status code: 403/, /refuses us: .* address and country/],
  [404, /Invalid status code: 404/, /no longer has this endpoint/],
  [429, /Invalid status code: 429/, /fewer requests/],
  [451, /Invalid status code: 451/, /does not serve this country/],
  [503, /Invalid status code: 503/, /in trouble itself/],
])("a connection refused with status %d comes with its own advice", async (status, cause, advice) => {
  await using exchange = fakeExchange(() => new Response("", { status: status as number }));
  await using on = keep(exchange.url);
  const line = await lostLine(on);
  assert.match(String(line.cause), cause as RegExp);
  assert.match(String(line.advice), advice as RegExp);
});

Deno.test("a web page instead of a WebSocket comes with its own advice", async () => {
  const page = () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  await using exchange = fakeExchange(page);
  await using on = keep(exchange.url);
  assert.match(String((await lostLine(on)).advice), /the right endpoint \(--url\)/);
});

Deno.test("a host that vanished comes with its own advice", async () => {
  await using on = keep("wss://feed.exchange.invalid", { WebSocket: vanishedHost });
  const line = await lostLine(on);
  assert.equal(line.cause, "dns error");
  assert.match(String(line.advice), /feed\.exchange\.invalid has no address: check the network/);
});

Deno.test("a host that this process may not reach ends it, with the line of deno.json to mend", async () => {
  const forbidden = function () {
    throw new Deno.errors.NotCapable("Requires net access");
  } as unknown as typeof WebSocket;
  const options = { ...defaults(), url: "wss://feed.exchange.invalid", WebSocket: forbidden };
  await assert.rejects(
    keepOpen(options, new AbortController().signal),
    /Cannot reach feed\.exchange\.invalid: .* add it to "net" of its permissions in deno\.json/,
  );
});

/** What Deno's WebSocket does for a host without an address, with no name server being asked. */
const vanishedHost = function () {
  const socket = { onerror(_: unknown) {}, onclose(_: unknown) {}, close() {} };
  setTimeout(() => {
    socket.onerror({ message: "NetworkError: failed to connect to WebSocket: dns error" });
    socket.onclose({ code: 0, reason: "" });
  });
  return socket;
} as unknown as typeof WebSocket;

Deno.test("a port where nothing listens comes with its own advice", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using on = keep(`ws://127.0.0.1:${port}`);
  assert.match(String((await lostLine(on)).advice), /nothing answers at 127\.0\.0\.1/);
});

Deno.test("a connection cut in mid-frame is lost, and half a message is none", async () => {
  await using server: RawServer = rawServer();
  await using on = keep(server.url);
  const connection = await server.connection();
  await connection.sendText("data 1");
  await on.tap.line("heard");
  await connection.sendHalf("data 2");
  connection.cut();
  await lostLine(on);
  assert.deepEqual(on.texts, ["data 1"]);
  assert.equal(on.lost.length, 1);
  await on.clock.until(server.connection());
});

Deno.test("a message beyond the cap ends the connection, unread", async () => {
  await using exchange = fakeExchange();
  await using on = keep(exchange.url);
  const connection = await exchange.connection();
  connection.send("data 1", "x".repeat(1_001));
  assert.match(String((await lostLine(on)).cause), /a message of 1001 characters, more than 1000/);
  assert.deepEqual(on.texts, ["data 1"]);
});

Deno.test("a message of 100 MB ends the connection", async () => {
  await using exchange = fakeExchange();
  await using on = keep(exchange.url);
  const connection = await exchange.connection();
  connection.send("x".repeat(100 * 1_048_576));
  assert.match(String((await lostLine(on)).cause), /too large|more than 1000/i);
  assert.deepEqual(on.texts, []);
});

Deno.test("a refusal ends the connection, and says why", async () => {
  await using exchange: FakeExchange = fakeExchange();
  await using on = keep(exchange.url, { subscribe: ["please"] });
  const connection = await exchange.connection();
  assert.equal(await connection.subscribed, "please");
  connection.send("refusal");
  const line = await lostLine(on);
  assert.equal(line.cause, "it refuses: no such symbol");
  assert.match(String(line.advice), /check --symbol/);
});

Deno.test.each([
  ["when the server is about to close", "closing", Infinity, "maintenance"],
  ["before the exchange cuts it at 24 hours", null, 86_000_000, "its time is up"],
])("the next connection takes over beside the old one %s", async (_, notice, lifeMs, reason) => {
  await using exchange = fakeExchange();
  await using on = keep(exchange.url, { lifeMs: lifeMs as number, staleMs: 90_000_000 });
  const first = await exchange.connection();
  first.send("data 1");
  await on.tap.line("heard", 1);
  if (notice === null) on.clock.advance(lifeMs as number);
  else first.send(notice as string);
  const second = await exchange.connection();
  assert.equal((await on.tap.line("source.replacing")).fields.reason, reason);
  // The old one still counts until the new one gives data.
  first.send("data 2");
  await on.tap.when(() => on.texts.includes("data 2"));
  second.send("data 3");
  await first.closed;
  second.send("data 4");
  await on.tap.when(() => on.texts.includes("data 4"));
  assert.deepEqual(on.lost, []);
});

Deno.test("the old connection goes on while the one that should take over fails", async () => {
  let refuse = false;
  await using exchange = fakeExchange(() => refuse ? new Response("", { status: 503 }) : undefined);
  await using on = keep(exchange.url);
  const first = await exchange.connection();
  first.send("data 1");
  await on.tap.line("heard", 1);
  refuse = true;
  first.send("closing");
  await on.tap.line("source.lost");
  first.send("data 2");
  await on.tap.when(() => on.texts.includes("data 2"));
  assert.deepEqual(on.lost, []);
});

Deno.test("keepOpen() ends in the middle of connecting, and in the middle of a pause", async () => {
  await using exchange = fakeExchange();
  const connecting = keep(exchange.url);
  await connecting[Symbol.asyncDispose]();
  const pausing = keep("wss://feed.exchange.invalid", { WebSocket: vanishedHost });
  await pausing.tap.line("source.lost");
  await pausing[Symbol.asyncDispose]();
  assert.deepEqual([connecting.texts, pausing.texts], [[], []]);
});
