import assert from "node:assert/strict";
import type { Gap, Reject } from "#pipeline/sources/source.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import type { Store } from "#pipeline/store/store.ts";
import type { Tick } from "#pipeline/tick.ts";
import { ConfigError, readPriceApis } from "#scripts/config.ts";
import { temporaryFolder } from "#scripts/files.ts";
import { healthLine, pulse, totalsText } from "#scripts/health.ts";
import { notes } from "#scripts/notes.ts";

const found_at = "2026-05-01T12:00:00.000Z";
const gap: Gap = {
  source: "binance",
  symbol: "BTC-USD",
  from: 5,
  to: 9,
  after: found_at,
  cause: "skipped",
  repaired: false,
  missing: 2,
  found_at,
};
const reject: Reject = {
  source: "binance",
  kind: "binance.trade.p",
  reason: `binance.trade: field "p" is missing`,
  raw: "{}",
  received_at: found_at,
};

Deno.test("pulse() tells rate, last price, its age, retries, gaps and refusals", () => {
  let nowMs = 0;
  const beat = pulse(() => nowMs);
  assert.match(healthLine(beat.health()), /^0 ticks, 0\/s, no tick yet, 0 retries, 0 gaps, 0 refused$/);
  beat.onSent([{ symbol: "BTC-USD", price: 1 }, { symbol: "BTC-USD", price: 67_000.5 }] as Tick[]);
  for (const event of ["source.lost", "source.failed", "source.open"]) beat.onLog(event);
  beat.onGap(gap);
  beat.onReject();
  nowMs = 4_000;
  const health = beat.health();
  assert.equal(
    healthLine(health),
    "2 ticks, 0.5/s, BTC-USD 67000.5, 4.0 s ago, 2 retries, 1 gaps, 1 refused",
  );
  assert.equal(totalsText(health), "2 retries, 1 gaps (2 trades missing), 1 messages refused");
});

Deno.test("notes() keeps gaps and the first refusal of a kind in the store, each once", async () => {
  await using folder = await temporaryFolder();
  const store = folderStore(folder.path);
  const kept = notes(() => Promise.resolve(store), () => assert.fail("nothing to tell"));
  kept.addGap(gap);
  kept.addGap({ ...gap, from: 20, to: 20 });
  kept.addReject(reject);
  kept.addReject({ ...reject, raw: "{ }" });
  await kept.flush();
  await kept.flush();
  const names = (await Array.fromAsync(store.list(""))).map(({ name }) => name);
  assert.match(names[0]!, /^gaps\/date=2026-05-01\/[0-9a-f]{16}\.ndjson$/);
  assert.match(names[1]!, /^rejects\/source=binance\/date=2026-05-01\/[0-9a-f]{16}\.ndjson$/);
  assert.equal(names.length, 2);
  const rows = new TextDecoder().decode(await store.get(names[0]!)).trimEnd().split("\n");
  assert.deepEqual(rows.map((row) => JSON.parse(row)), [gap, { ...gap, from: 20, to: 20 }]);
});

Deno.test("notes() says once that there is no store, and stores all as soon as there is one", async () => {
  await using folder = await temporaryFolder();
  let reachable = false;
  const told: string[] = [];
  const open = () =>
    reachable ? Promise.resolve(folderStore(folder.path)) : Promise.reject(new Error("no access"));
  const kept = notes(open, (event, { reason }) => told.push(`${event}: ${reason}`));
  kept.addGap(gap);
  kept.addReject(reject);
  await kept.flush();
  await kept.flush();
  assert.deepEqual(told, ["notes.unstored: no access"]);
  reachable = true;
  await kept.flush();
  assert.equal((await Array.fromAsync(folderStore(folder.path).list(""))).length, 2);
});

Deno.test("notes() stores each gap once, also those that come while a flush is under way", async () => {
  const stored: number[] = [];
  const slow: Store = {
    ...folderStore("none"),
    async put(_, bytes) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const rows = new TextDecoder().decode(bytes).trimEnd().split("\n");
      stored.push(...rows.map((row) => JSON.parse(row).from));
      return "created";
    },
  };
  const kept = notes(() => Promise.resolve(slow), () => assert.fail("nothing to tell"));
  kept.addGap({ ...gap, from: 1 });
  const first = kept.flush();
  kept.addGap({ ...gap, from: 2 });
  const second = kept.flush();
  await first;
  kept.addGap({ ...gap, from: 3 });
  await second;
  await kept.flush();
  assert.deepEqual(stored, [1, 2, 3]);
});

Deno.test("readPriceApis() reads keys and quotas, and names a quota that is none", () => {
  const { coingecko, coindesk } = readPriceApis({
    COINGECKO_PRO_API_KEY: " key ",
    COINGECKO_QUOTA: "500/500000",
  });
  assert.equal(coingecko.proKey, "key");
  assert.deepEqual(coingecko.quota, { perMinute: 500, perMonth: 500_000 });
  assert.deepEqual(coindesk, { apiKey: undefined, quota: undefined });
  assert.throws(() => readPriceApis({ COINDESK_QUOTA: "many" }), (error) => {
    assert(error instanceof ConfigError);
    return /COINDESK_QUOTA is "many", expected requests a minute and a month, 30\/10000/.test(error.message);
  });
});
