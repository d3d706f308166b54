import util from "node:util";
import type { EventHubsAddress } from "#pipeline/hub/event_hubs.ts";
import type { Hub, Log } from "#pipeline/hub/hub.ts";
import type { StorageAddress } from "#pipeline/store/blob.ts";
import type { Store } from "#pipeline/store/store.ts";
import {
  type Config,
  ConfigError,
  type PriceApis,
  readConfig,
  readPriceApis,
  type Setting,
  settings,
} from "./config.ts";

/**
 * Where the hub and the blobs are, by this process's settings.
 *
 * @throws {ConfigError} when they don't fit together.
 */
export function processConfig(): Config {
  return readConfig(processSettings());
}

/**
 * What the price APIs are asked with, by this process's settings.
 *
 * @throws {ConfigError} when a quota is none.
 */
export function processPriceApis(): PriceApis {
  return readPriceApis(processSettings());
}

/** The environment, and the file `.env` for what the environment doesn't have. */
export function processSettings(): Partial<Record<Setting, string>> {
  const file = readEnvFile();
  const env: Partial<Record<Setting, string>> = {};
  for (const name of Object.keys(settings) as Setting[]) {
    const value = Deno.env.get(name) || file[name];
    if (!value) continue;
    env[name] = value;
    // DefaultAzureCredential reads the environment itself.
    if (name.startsWith("AZURE_")) Deno.env.set(name, value);
  }
  return env;
}

// The SDKs read the environment as they load, and take their time: `--help` needs neither, so they are loaded below.

/** The hub of the settings, for sending. */
export async function openSendingHub(config: Config, log: Log): Promise<Hub> {
  const { eventHubs } = await import("#pipeline/hub/event_hubs.ts");
  const address = await hubAddress(config);
  return await eventHubs({ address, consumerGroup: config.hub.consumerGroup, checkpoints: null, log });
}

/** The hub of the settings, for receiving, with its checkpoints in the storage account. */
export async function openReceivingHub(config: Config, log: Log): Promise<Hub> {
  const { eventHubs } = await import("#pipeline/hub/event_hubs.ts");
  const { openContainer } = await import("#pipeline/store/blob.ts");
  const checkpoints = await openContainer(await storageAddress(config), config.storage.checkpoints);
  const address = await hubAddress(config);
  return await eventHubs({ address, consumerGroup: config.hub.consumerGroup, checkpoints, log });
}

/** The blobs of the settings. */
export async function openStore(config: Config): Promise<Store> {
  const { blobStore, openContainer } = await import("#pipeline/store/blob.ts");
  return blobStore(await openContainer(await storageAddress(config), config.storage.container));
}

/**
 * The blobs of a folder that `--in` names.
 *
 * @throws {Error} when there is no such folder.
 */
export async function openFolder(folder: string): Promise<Store> {
  const { folderStore } = await import("#pipeline/store/folder.ts");
  const info = await Deno.stat(folder).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (info === null) throw new Error(`there is no folder "${folder}": check --in`);
  if (!info.isDirectory) throw new Error(`"${folder}" is a file: --in takes a folder of blobs`);
  return folderStore(folder);
}

async function hubAddress({ hub }: Config): Promise<EventHubsAddress> {
  return "connectionString" in hub
    ? { connectionString: hub.connectionString, hub: hub.name }
    : { namespace: hub.namespace, hub: hub.name, credential: await identity() };
}

async function storageAddress({ storage }: Config): Promise<StorageAddress> {
  return "connectionString" in storage
    ? { connectionString: storage.connectionString }
    : { accountUrl: storage.accountUrl, credential: await identity() };
}

/** A service principal from AZURE_*, a managed identity, or what the machine is signed in with. */
async function identity() {
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential();
}

function readEnvFile(): Readonly<Record<string, string | undefined>> {
  try {
    const text = Deno.readTextFileSync(".env");
    // UTF-16 has a zero in every letter of a name: what Windows' older PowerShell writes with `>`.
    if (text.includes("\0")) throw new ConfigError([".env is no UTF-8 text: save it as UTF-8"]);
    // Not imported by its name: Deno Deploy's older runtime has no parseEnv, and no such file either.
    return util.parseEnv(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
