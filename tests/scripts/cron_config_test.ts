import assert from "node:assert/strict";
import { parseEnv } from "node:util";
import { ConfigError, type Setting, settings } from "#scripts/config.ts";
import { readCronConfig, readHttpHosts } from "#scripts/cron_config.ts";
import project from "#project" with { type: "json" };

Deno.test("readCronConfig() has the defaults that .env.example shows", async () => {
  const example = parseEnv(await Deno.readTextFile(new URL("../../.env.example", import.meta.url)));
  assert.deepEqual(readCronConfig(example as Partial<Record<Setting, string>>), readCronConfig({}));
  assert.deepEqual(readCronConfig({}), {
    schedules: {
      CRON_POLL: "*/5 * * * *",
      CRON_DRAIN: "*/5 * * * *",
      CRON_ANALYZE: "10 * * * *",
      CRON_SUMMARY: "59 23 * * *",
    },
    source: "coingecko",
    sourceUrl: undefined,
    symbols: ["BTC-USD"],
    analyses: ["hourly_aggregation", "moving_average", "volatility", "zscore"],
  });
});

Deno.test("readCronConfig() turns a job off, and takes lists with spaces", () => {
  const config = readCronConfig({
    CRON_POLL: "off",
    CRON_SYMBOLS: "BTC-USD, ETH-USD",
    CRON_ANALYSES: "zscore, rsi",
  });
  assert.equal(config.schedules.CRON_POLL, null);
  assert.deepEqual(config.symbols, ["BTC-USD", "ETH-USD"]);
  assert.deepEqual(config.analyses, ["zscore", "rsi"]);
});

Deno.test("readCronConfig() names all that is wrong", () => {
  const env = {
    CRON_POLL: "hourly",
    CRON_SUMMARY: "* * * * 0",
    CRON_SOURCE: "binance",
    CRON_SOURCE_URL: "https://example.com/a?b",
    CRON_SYMBOLS: "btc",
    CRON_ANALYSES: "../zscore",
  };
  assert.throws(() => readCronConfig(env), (error) => {
    assert(error instanceof ConfigError);
    for (const [name, value] of Object.entries(env)) {
      assert(error.message.includes(`${name} is "${value}", expected `), name);
    }
    return true;
  });
});

Deno.test("readHttpHosts() reads names, and refuses what is more", () => {
  assert.deepEqual(readHttpHosts({}), []);
  assert.deepEqual(readHttpHosts({ HTTP_HOSTS: "Example.com, a.b" }), ["example.com", "a.b"]);
  assert.throws(() => readHttpHosts({ HTTP_HOSTS: "https://example.com" }), /HTTP_HOSTS has "https:/);
  assert.throws(() => readHttpHosts({ HTTP_HOSTS: "*" }), ConfigError);
});

Deno.test("the task cron may read every setting", () => {
  const { allow } = project.permissions.cron.env;
  for (const name of Object.keys(settings)) assert(allow.includes(name), name);
});
