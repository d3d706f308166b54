import type { Broker, Log } from "./broker.ts";
import { faultBoard } from "./fault_board.ts";
import type { Hub } from "./hub.ts";
import type { Settings } from "./options.ts";
import { folderStorage, memoryStorage } from "./storage.ts";

/** How often idle partitions are looked through for events past their retention. */
const HOUSEKEEPING_MS = 60_000;

/** A broker that owns its hubs. */
export interface OpenBroker extends Broker {
  /** Closes every hub; what was acknowledged stays in the folder, where there is one. */
  close(): Promise<void>;
}

/** Opens every hub of the settings. @throws when what is kept in the folder can't be used, or is in use */
export function openBroker(settings: Settings): OpenBroker {
  const { data, hubs, maxMessageBytes, handshakeMs, key, now, log } = settings;
  const storage = data === undefined ? memoryStorage(now) : folderStorage(data, settings);
  const faults = faultBoard();
  const open = new Map<string, Hub>();
  const timer = setInterval(() => dropExpired(open.values(), log), HOUSEKEEPING_MS);

  async function close(): Promise<void> {
    faults.close();
    clearInterval(timer);
    await Promise.all(
      [...open.values()].flatMap(({ partitions }) => partitions.map(({ log }) => log.close())),
    );
    storage.close();
  }

  try {
    for (const options of hubs) open.set(options.name.toLowerCase(), storage.openHub(options));
  } catch (error) {
    void close();
    throw error;
  }
  return { hubs: open, maxMessageBytes, handshakeMs, key, now, log, faults, close };
}

/** A disk that is full or a file that is held by another program is no reason to end. */
function dropExpired(hubs: Iterable<Hub>, note: Log): void {
  for (const { name, partitions } of hubs) {
    for (const { id, log } of partitions) {
      try {
        log.dropExpired();
      } catch (error) {
        note("log.retention_failed", { hub: name, partition: id, description: String(error) });
      }
    }
  }
}
