import assert from "node:assert/strict";
import { parseEnv } from "node:util";
import { ConfigError, readConfig, type Setting, settings } from "#scripts/config.ts";

const sb = "Endpoint=sb://example.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=secret=";
const blob =
  "DefaultEndpointsProtocol=https;AccountName=example;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";
const url = "https://example.blob.core.windows.net";

Deno.test("readConfig() takes the local stack when nothing is set", () => {
  const { hub, storage } = readConfig({});
  assert.equal(hub.name, "ticks");
  assert.equal(hub.consumerGroup, "$Default");
  assert("connectionString" in hub && hub.connectionString.includes("sb://127.0.0.1:5672;"));
  assert.deepEqual(storage, {
    container: "ticks",
    checkpoints: "ticks-checkpoints",
    connectionString: "UseDevelopmentStorage=true",
  });
});

Deno.test("readConfig() takes an identity for a namespace and an account, as DATA605's .env has them", () => {
  const { hub, storage } = readConfig({
    EVENT_HUB_NAMESPACE: "example",
    EVENT_HUB_NAME: "bitcoin",
    CONSUMER_GROUP: "receivers",
    STORAGE_ACCOUNT_URL: url,
    STORAGE_CONTAINER_NAME: "prices",
  });
  assert.deepEqual(hub, {
    name: "bitcoin",
    consumerGroup: "receivers",
    namespace: "example.servicebus.windows.net",
  });
  assert.deepEqual(storage, { container: "prices", checkpoints: "prices-checkpoints", accountUrl: url });
});

Deno.test("readConfig() takes connection strings, and the hub's name out of one", () => {
  const given = { EVENT_HUB_CONNECTION_STRING: `${sb};EntityPath=bitcoin`, STORAGE_CONNECTION_STRING: blob };
  assert.equal(readConfig(given).hub.name, "bitcoin");
});

Deno.test.each<[Partial<Record<Setting, string>>, RegExp[]]>([
  [{ EVENT_HUB_NAMESPACE: "x", EVENT_HUB_NAME: "h" }, [
    /STORAGE_ACCOUNT_URL or STORAGE_CONNECTION_STRING is missing/,
  ]],
  [{ STORAGE_ACCOUNT_URL: url }, [/EVENT_HUB_NAMESPACE or EVENT_HUB_CONNECTION_STRING is missing/]],
  [{ EVENT_HUB_NAMESPACE: "x", STORAGE_ACCOUNT_URL: url }, [/EVENT_HUB_NAME is missing/]],
  [{ EVENT_HUB_NAMESPACE: "sb://x/", EVENT_HUB_NAME: "h", STORAGE_ACCOUNT_URL: url }, [
    /NAMESPACE is "sb:\/\/x\/"/,
  ]],
  [{ EVENT_HUB_CONNECTION_STRING: "hello", STORAGE_CONNECTION_STRING: blob }, [
    /CONNECTION_STRING is not one: expected Endpoint=/,
  ]],
  [
    {
      EVENT_HUB_CONNECTION_STRING: `${sb};EntityPath=a`,
      EVENT_HUB_NAME: "b",
      STORAGE_CONNECTION_STRING: blob,
    },
    [/EVENT_HUB_NAME is "b", but .* "a"/],
  ],
  [{ STORAGE_CONTAINER_NAME: "My_Ticks" }, [/STORAGE_CONTAINER_NAME is "My_Ticks"/]],
  [{ EVENT_HUB_CONNECTION_STRING: sb, STORAGE_ACCOUNT_URL: "http://x" }, [
    /STORAGE_ACCOUNT_URL is "http:\/\/x"/,
  ]],
  [
    {
      EVENT_HUB_NAMESPACE: "x",
      EVENT_HUB_CONNECTION_STRING: sb,
      STORAGE_ACCOUNT_URL: url,
      STORAGE_CONNECTION_STRING: blob,
    },
    [
      /EVENT_HUB_NAMESPACE and EVENT_HUB_CONNECTION_STRING/,
      /STORAGE_ACCOUNT_URL and STORAGE_CONNECTION_STRING/,
    ],
  ],
])("readConfig() names all that is wrong with %j", (env, messages) => {
  assert.throws(() => readConfig(env), (error) => {
    assert(error instanceof ConfigError);
    for (const message of messages) assert.match(error.message, message);
    assert(!error.message.includes("secret") && !error.message.includes("c2VjcmV0"));
    return true;
  });
});

Deno.test(".env.example lists every setting once, with the words of the code", async () => {
  const example = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  assert.deepEqual(Object.keys(parseEnv(example)).sort(), Object.keys(settings).sort());
  for (const [name, about] of Object.entries(settings)) {
    assert(example.includes(`# ${about}\n${name}=`), `${name} is described as "${about}"`);
  }
  readConfig(parseEnv(example) as Partial<Record<Setting, string>>);
});

Deno.test("docs/settings.md lists every setting once, with the words of the code", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/settings.md", import.meta.url));
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\|$/gm)].map(([, name, about]) => [name, about]);
  assert.deepEqual(rows, Object.entries(settings));
});
