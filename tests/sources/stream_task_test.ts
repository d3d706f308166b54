import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import { eventHubs } from "#pipeline/hub/event_hubs.ts";
import { openStore } from "#scripts/open.ts";
import { csvRows, runTask, stackForTasks, startTask, type TaskSettings } from "#tests/tasks.ts";
import { fakeExchange } from "./fake_exchange.ts";
import { type MarketTrade, marketTrades, wires } from "./market.ts";

/** Bars of a minute, straight from the exchange's own trades. */
function barsOf(trades: readonly MarketTrade[]): Record<string, string | number>[] {
  const minutes = Map.groupBy(trades, ({ timeMs }) => Math.floor(timeMs / 60_000) * 60_000);
  return [...minutes].map(([minute, traded]) => {
    const prices = traded.map(({ price }) => price);
    return {
      time: new Date(minute).toISOString(),
      open: prices[0]!,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: prices.at(-1)!,
      volume: Math.round(traded.reduce((sum, { size }) => sum + size, 0) * 1e8) / 1e8,
      trades: traded.length,
    };
  });
}

Deno.test("trades of a fake Binance with cuts and repetitions come out of the analysis as the same bars", async () => {
  const trades = marketTrades(1_000);
  const { frame, past } = wires.binance;
  await using exchange = fakeExchange((request) =>
    request.headers.has("upgrade") ? undefined : past(trades, request, 1_000)
  );
  await using stack = await stackForTasks();
  const { settings } = stack;
  const args = ["--source", "binance", "--url", exchange.url, "--count", "1000"];
  const streaming = startTask("stream", args, settings);
  const first = await exchange.connection();
  first.send(...trades.slice(0, 500).map(frame), "<html>502</html>", `{"e":"trade"}`);
  first.send(...trades.slice(450, 600).reverse().map(frame));
  first.close(1_001, "maintenance");
  // The next 100 are traded while nobody listens.
  const second = await exchange.connection();
  second.send(...trades.slice(700).map(frame));
  const { code, stdout, stderr } = await streaming.ended;
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^1000 ticks sent\n1 retries, 1 gaps \(0 trades missing\), 2 messages refused\n$/,
  );
  assert.match(stderr, /"event":"source\.lost".*closed by the exchange \(code 1001, \\"maintenance\\"\)/);
  assert.match(stderr, /"event":"source\.refused".*binance\.trade: field \\"t\\" is missing/);

  assert.match((await runTask("receive", ["--once"], settings)).stdout, /^1000 ticks and 0 rejects stored/);
  const analyzed = await runTask("analyze", ["bars", "--param", "step=1 minute", "--out", "out"], settings);
  assert.equal(analyzed.code, 0, analyzed.stderr);
  const csv = await Deno.readTextFile(join(settings.cwd, "out", "csv", "bars.csv"));
  const bars = csvRows(csv).map(({ time, open, high, low, close, volume, trades }) => ({
    time: new Date(time!).toISOString(),
    ...Object.fromEntries(
      Object.entries({ open, high, low, close, volume, trades }).map((
        [name, text],
      ) => [name, Math.round(Number(text) * 1e8) / 1e8]),
    ),
  }));
  assert.deepEqual(bars, barsOf(trades));

  const store = await openStore(stack.config);
  const [gap] = await Array.fromAsync(store.list("gaps/"));
  const { found_at: _, ...row } = JSON.parse(new TextDecoder().decode(await store.get(gap!.name)));
  assert.deepEqual(row, {
    source: "binance",
    symbol: "BTC-USD",
    from: 1_600,
    to: 1_699,
    after: new Date(trades[599]!.timeMs).toISOString(),
    cause: `closed by the exchange (code 1001, "maintenance")`,
    repaired: true,
    missing: 0,
  });
  assert.equal((await Array.fromAsync(store.list("rejects/source=binance/"))).length, 2);
});

Deno.test("stream says within 15 s what it can't reach, keeps trying, and ends well on SIGTERM", async () => {
  const again = Promise.withResolvers<void>();
  let attempts = 0;
  await using exchange = fakeExchange(() => {
    if (++attempts === 2) again.resolve();
    return new Response("", { status: 503 });
  });
  await using stack = await stackForTasks();
  const startMs = performance.now();
  const streaming = startTask("stream", ["--source", "kraken", "--url", exchange.url], stack.settings);
  await again.promise;
  assert(performance.now() - startMs < 15_000);
  streaming.kill("SIGTERM");
  const { code, stdout, stderr } = await streaming.ended;
  assert.deepEqual([code, stdout.split("\n")[0]], [0, "0 ticks sent"]);
  assert.match(
    stderr,
    /"event":"source\.lost","source":"kraken".*status code: 503.*"advice":"127\.0\.0\.1:\d+ is in trouble/,
  );
});

Deno.test("two sources stream together, and each endpoint has its name", async () => {
  const trades = marketTrades(20);
  await using exchange = fakeExchange();
  await using stack = await stackForTasks();
  const urls = ["coinbase", "kraken"].flatMap((name) => ["--url", `${name}=${exchange.url}`]);
  const args = ["--source", "coinbase,kraken", ...urls, "--count", "40"];
  const streaming = startTask("stream", args, stack.settings);
  for (let i = 0; i < 2; i++) {
    const connection = await exchange.connection();
    const wire = (await connection.subscribed).includes("product_ids") ? wires.coinbase : wires.kraken;
    connection.send(...trades.map(wire.frame));
  }
  const { code, stdout, stderr } = await streaming.ended;
  assert.deepEqual([code, stdout.split("\n")[0]], [0, "40 ticks sent"], stderr);
});

Deno.test("a host that stream may not reach ends it, with the line of deno.json to mend", async () => {
  await using stack = await stackForTasks();
  const { code, stderr } = await runTask(
    "stream",
    ["--source", "kraken", "--url", "wss://192.0.2.1"],
    stack.settings,
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Cannot reach 192\.0\.2\.1: this task may not; add it to "net" of its permissions in deno\.json/,
  );
});

/** What `stream` is run with where the hub is this emulator, and the blobs are the stack's. */
function settingsWith(emulator: Emulator, { cwd, env }: TaskSettings): TaskSettings {
  return { cwd, env: { ...env, EVENT_HUB_CONNECTION_STRING: emulator.connectionString() } };
}

Deno.test("stream outlasts a hub that goes away: every tick arrives", async () => {
  await using stack = await stackForTasks();
  const kept = { hubs: [{ name: "ticks" }], data: join(stack.settings.cwd, "events") };
  const before = await startEmulator(kept);
  const settings = settingsWith(before, stack.settings);
  const streaming = startTask("stream", ["--count", "600", "--speed", "200x"], settings);
  {
    const address = { connectionString: before.connectionString(), hub: "ticks" };
    const asked = { address, consumerGroup: "$Default", checkpoints: null, log: () => {} };
    await using hub = await eventHubs(asked);
    while ((await hub.partitions()).every(({ last }) => last < 0)) await delay(20);
  }
  await before.close();
  await streaming.logged(/"event":"send\.retry".*can't be reached/);
  await using _after = await startEmulator({ ...kept, port: before.port });
  const { code, stdout, stderr } = await streaming.ended;
  assert.deepEqual([code, stdout], [0, "600 ticks sent\n"], stderr);
  assert.equal((await runTask("receive", ["--once"], settings)).code, 0);
  const ids = csvRows((await runTask("merge", [], settings)).stdout).map(({ id }) => id);
  assert.deepEqual([ids.length, new Set(ids).size], [600, 600]);
});

Deno.test("stream that the hub refuses says why, and stores its notes before it ends", async () => {
  await using exchange = fakeExchange();
  await using stack = await stackForTasks();
  await using emulator = await startEmulator({ hubs: [{ name: "ticks" }] });
  const args = ["--source", "binance", "--url", exchange.url];
  const streaming = startTask("stream", args, settingsWith(emulator, stack.settings));
  const connection = await exchange.connection();
  using _refusal = emulator.faults.add({
    kind: "refuse",
    hub: "ticks",
    condition: "amqp:unauthorized-access",
  });
  connection.send(`{"e":"trade"}`, ...marketTrades(3).map(wires.binance.frame));
  const { code, stderr } = await streaming.ended;
  assert.equal(code, 1);
  assert.match(stderr, /^stream: Event Hubs at 127\.0\.0\.1 refuses the credentials: check the key/m);
  const store = await openStore(stack.config);
  assert.equal((await Array.fromAsync(store.list("rejects/source=binance/"))).length, 1);
});

Deno.test.each([
  [
    ["--source", "binance,binanze"],
    /--source is "binance,binanze", expected one or more of simulated, replay, /,
  ],
  [
    ["--source", "binance", "--url", "http://127.0.0.1"],
    /--url http:\/\/127\.0\.0\.1 does not suit binance: expected ws:/,
  ],
  [
    ["--source", "kraken,coinbase", "--url", "ws://127.0.0.1"],
    /needs a name before it: kraken=\.\.\. or coinbase=/,
  ],
  [["--url", "ws://127.0.0.1"], /--source simulated has no endpoint: drop --url/],
  [["--symbol", "BTC-USD,ETH-USD"], /--source simulated takes one symbol, not BTC-USD,ETH-USD/],
  [["--symbol", "btcusd"], /--symbol is "btcusd", expected pairs such as BTC-USD/],
])("stream %j is a wrong use", async (args, message) => {
  const { code, stderr } = await runTask("stream", args as readonly string[], { cwd: Deno.cwd() });
  assert.equal(code, 2);
  assert.match(stderr, message as RegExp);
});
