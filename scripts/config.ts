import { parseQuota, type Quota } from "#pipeline/sources/quota.ts";

/** The settings are wrong: every problem at once, each with its name. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(`the settings don't work:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

/** Every setting that Ticklake reads, with its meaning; `.env.example` lists the same. */
export const settings = {
  AZURE_TENANT_ID: "Directory of the service principal",
  AZURE_CLIENT_ID: "Application of the service principal, or the client of a managed identity",
  AZURE_CLIENT_SECRET: "Secret of the service principal",
  EVENT_HUB_NAMESPACE: "Event Hubs namespace, `example` or `example.servicebus.windows.net`",
  EVENT_HUB_NAME: "Event hub in the namespace",
  CONSUMER_GROUP: "Consumer group that receives",
  STORAGE_ACCOUNT_URL: "Storage account, `https://example.blob.core.windows.net`",
  STORAGE_CONTAINER_NAME: "Container for ticks; checkpoints go to one of the same name with -checkpoints",
  EVENT_HUB_CONNECTION_STRING: "Instead of the namespace and an identity: a connection string of the hub",
  STORAGE_CONNECTION_STRING:
    "Instead of the account's URL and an identity: a connection string of the account",
  COINGECKO_DEMO_API_KEY:
    "CoinGecko: key of the free Demo plan; without one a few requests a minute are let through",
  COINGECKO_PRO_API_KEY: "CoinGecko: key of a paid plan",
  COINGECKO_QUOTA: "CoinGecko: requests that the plan pays for, a minute and a month, `500/500000`",
  COINDESK_API_KEY: "CoinDesk: API key, which it requires",
  COINDESK_QUOTA: "CoinDesk: requests that the plan pays for, a minute and a month",
  CRON_POLL: "When the job poll asks for a price: five fields as in a crontab, in UTC, or `off`",
  CRON_DRAIN: "When the job drain stores what the hub holds",
  CRON_ANALYZE: "When the job analyze runs",
  CRON_SUMMARY: "When the job summary runs",
  CRON_SOURCE: "What the job poll asks: coingecko, coindesk or simulated",
  CRON_SOURCE_URL: "Another endpoint for that, `https://example.com`",
  CRON_SYMBOLS: "Pairs that the job poll asks for, with commas between",
  CRON_ANALYSES: "Analyses that the job analyze runs, with commas between",
  HTTP_HOSTS: "Hosts that main.ts answers to besides this machine's own, with commas between",
} as const;

/** The name of a setting. */
export type Setting = keyof typeof settings;

/** Keys and quotas of the price APIs. */
export interface PriceApis {
  readonly coingecko: { readonly demoKey?: string; readonly proKey?: string; readonly quota?: Quota };
  readonly coindesk: { readonly apiKey?: string; readonly quota?: Quota };
}

/** Where the hub and the blobs are; `identity` means `DefaultAzureCredential`. */
export interface Config {
  readonly hub:
    & { readonly name: string; readonly consumerGroup: string }
    & ({ readonly connectionString: string } | { readonly namespace: string });
  readonly storage:
    & { readonly container: string; readonly checkpoints: string }
    & ({ readonly connectionString: string } | { readonly accountUrl: string });
}

/** What `deno task local` serves, and what every task uses when nothing else is set. */
export const local = {
  hub: "ticks",
  hubPort: 5672,
  blobPort: 10_000,
  statusPort: 10_080,
  hubConnectionString:
    "Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true",
  storageConnectionString: "UseDevelopmentStorage=true",
} as const;

/**
 * Reads the settings; with none for the hub and none for the blobs it is the local stack.
 *
 * @throws {ConfigError} with everything that is missing, contradictory or malformed.
 */
export function readConfig(env: Readonly<Partial<Record<Setting, string>>>): Config {
  const problems: string[] = [];
  const get = (name: Setting) => env[name]?.trim() || undefined;
  const hub = readHub(get, problems);
  const storage = readStorage(get, problems);
  const hubIsLocal = get("EVENT_HUB_NAMESPACE") === undefined &&
    get("EVENT_HUB_CONNECTION_STRING") === undefined;
  const storageIsLocal = get("STORAGE_ACCOUNT_URL") === undefined &&
    get("STORAGE_CONNECTION_STRING") === undefined;
  if (hubIsLocal && !storageIsLocal) {
    problems.push(
      "EVENT_HUB_NAMESPACE or EVENT_HUB_CONNECTION_STRING is missing: storage is set, the hub is not",
    );
  }
  if (!hubIsLocal && storageIsLocal) {
    problems.push(
      "STORAGE_ACCOUNT_URL or STORAGE_CONNECTION_STRING is missing: the hub is set, storage is not",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { hub, storage };
}

/**
 * Reads what the price APIs are asked with; nothing of it is needed for a hub or for blobs.
 *
 * @throws {ConfigError} when a quota is not two numbers.
 */
export function readPriceApis(env: Readonly<Partial<Record<Setting, string>>>): PriceApis {
  const problems: string[] = [];
  const get = (name: Setting) => env[name]?.trim() || undefined;
  const quota = (name: Setting) => {
    const text = get(name);
    const read = text === undefined ? undefined : parseQuota(text);
    if (read === null) {
      problems.push(`${name} is "${text}", expected requests a minute and a month, 30/10000`);
    }
    return read ?? undefined;
  };
  const apis: PriceApis = {
    coingecko: {
      demoKey: get("COINGECKO_DEMO_API_KEY"),
      proKey: get("COINGECKO_PRO_API_KEY"),
      quota: quota("COINGECKO_QUOTA"),
    },
    coindesk: { apiKey: get("COINDESK_API_KEY"), quota: quota("COINDESK_QUOTA") },
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return apis;
}

type Get = (name: Setting) => string | undefined;

function readHub(get: Get, problems: string[]): Config["hub"] {
  const namespace = get("EVENT_HUB_NAMESPACE");
  const connectionString = get("EVENT_HUB_CONNECTION_STRING");
  const consumerGroup = get("CONSUMER_GROUP") ?? "$Default";
  const entityPath = /(?:^|;)\s*EntityPath=([^;]+)/i.exec(connectionString ?? "")?.[1];
  const name = get("EVENT_HUB_NAME") ?? entityPath ?? local.hub;
  if (namespace !== undefined && connectionString !== undefined) {
    problems.push("EVENT_HUB_NAMESPACE and EVENT_HUB_CONNECTION_STRING are both set: keep one");
  }
  if (entityPath !== undefined && name !== entityPath) {
    problems.push(
      `EVENT_HUB_NAME is "${name}", but EVENT_HUB_CONNECTION_STRING is for the hub "${entityPath}"`,
    );
  }
  if (namespace !== undefined) {
    if (get("EVENT_HUB_NAME") === undefined) {
      problems.push("EVENT_HUB_NAME is missing: which hub of the namespace?");
    }
    const host = namespace.includes(".") ? namespace : `${namespace}.servicebus.windows.net`;
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host)) {
      problems.push(
        `EVENT_HUB_NAMESPACE is "${namespace}", expected a name or a host, without sb:// or a path`,
      );
    }
    return { name, consumerGroup, namespace: host };
  }
  if (connectionString !== undefined && !isHubConnectionString(connectionString)) {
    problems.push(
      "EVENT_HUB_CONNECTION_STRING is not one: expected Endpoint=sb://HOST/;SharedAccessKeyName=...;SharedAccessKey=...",
    );
  }
  return { name, consumerGroup, connectionString: connectionString ?? local.hubConnectionString };
}

function readStorage(get: Get, problems: string[]): Config["storage"] {
  const accountUrl = get("STORAGE_ACCOUNT_URL");
  const connectionString = get("STORAGE_CONNECTION_STRING");
  const container = get("STORAGE_CONTAINER_NAME") ?? "ticks";
  const checkpoints = `${container}-checkpoints`;
  if (!/^(?=.{3,51}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(container)) {
    problems.push(
      `STORAGE_CONTAINER_NAME is "${container}", expected 3 to 51 of a-z and 0-9, with single hyphens between`,
    );
  }
  if (accountUrl !== undefined && connectionString !== undefined) {
    problems.push("STORAGE_ACCOUNT_URL and STORAGE_CONNECTION_STRING are both set: keep one");
  }
  if (accountUrl !== undefined) {
    if (!/^https:\/\/[^/?#]+\/?$/.test(accountUrl)) {
      problems.push(`STORAGE_ACCOUNT_URL is "${accountUrl}", expected https://NAME.blob.core.windows.net`);
    }
    return { container, checkpoints, accountUrl };
  }
  return { container, checkpoints, connectionString: connectionString ?? local.storageConnectionString };
}

function isHubConnectionString(value: string): boolean {
  const parts = new Map(
    value.split(";").filter(Boolean).map((part) => {
      const [name = "", ...rest] = part.split("=");
      return [name.trim().toLowerCase(), rest.join("=")];
    }),
  );
  const signed = parts.has("sharedaccesskeyname") && parts.has("sharedaccesskey");
  return /^sb:\/\/[^/]+/.test(parts.get("endpoint") ?? "") && (signed || parts.has("sharedaccesssignature"));
}
