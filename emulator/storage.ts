import { type Hub, hub } from "./hub.ts";
import { durableLog, type DurableLogOptions } from "./log/durable_log.ts";
import { lockFolder } from "./log/folder_lock.ts";
import { memoryLog } from "./log/memory_log.ts";
import type { HubOptions } from "./options.ts";

/** Where hubs are kept. */
export interface Storage {
  /** Opens a hub, or creates it. @throws when what is kept doesn't fit the options */
  openHub(options: Required<HubOptions>): Hub;
  /** Gives up what the storage holds; the hubs' logs are closed before. */
  close(): void;
}

/** Keeps hubs in memory: gone with the emulator. */
export function memoryStorage(now: () => number): Storage {
  return {
    openHub({ name, partitions, consumerGroups }) {
      const logs = Array.from({ length: partitions }, () => memoryLog({ now }));
      return hub({ name, createdOn: new Date(now()), logs, consumerGroups });
    },
    close() {},
  };
}

/** What a hub's folder says of it. */
interface HubRecord {
  readonly name: string;
  readonly createdOn: string;
  readonly partitions: number;
}

/**
 * Keeps hubs in a folder: each in one of its own, with its creation time and a log a partition.
 *
 * @throws when another process uses the folder
 */
export function folderStorage(folder: string, options: DurableLogOptions): Storage {
  const lock = lockFolder(folder);
  const { now = Date.now } = options;
  return {
    openHub({ name, partitions, consumerGroups }) {
      const home = `${folder}/${name.toLowerCase()}`;
      const kept = readRecord(home) ??
        createRecord(home, { name, partitions, createdOn: new Date(now()).toISOString() });
      if (kept.partitions !== partitions) {
        throw new RangeError(
          `The hub "${name}" in ${folder} has ${kept.partitions} partitions, not ${partitions}: keep that number, ` +
            "or choose another folder",
        );
      }
      const logs = Array.from({ length: partitions }, (_, id) => durableLog(`${home}/${id}`, options));
      return hub({ name: kept.name, createdOn: new Date(kept.createdOn), logs, consumerGroups });
    },
    close: () => lock.release(),
  };
}

function readRecord(home: string): HubRecord | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${home}/hub.json`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`${home}/hub.json can't be read: restore it, or remove the folder`, { cause: error });
  }
}

/** Written under another name first: a hub must never be half there. */
function createRecord(home: string, record: HubRecord): HubRecord {
  Deno.mkdirSync(home, { recursive: true });
  using file = Deno.openSync(`${home}/hub.json.new`, { create: true, truncate: true, write: true });
  file.writeSync(new TextEncoder().encode(JSON.stringify(record)));
  file.syncSync();
  Deno.renameSync(`${home}/hub.json.new`, `${home}/hub.json`);
  return record;
}
