import { join } from "node:path";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import { azurite } from "#pipeline/store/azurite.ts";
import { blobStore, openContainer } from "#pipeline/store/blob.ts";
import { eventHubs, type EventHubsOptions } from "#pipeline/hub/event_hubs.ts";
import type { Hub } from "#pipeline/hub/hub.ts";
import type { Store } from "#pipeline/store/store.ts";
import { temporaryFolder } from "#scripts/files.ts";
import type { TaskSettings } from "#tests/tasks.ts";

/** An emulator and Azurite, and ways to reach them through other ports than their own. */
export interface FaultStack extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly blobPort: number;
  readonly folder: string;
  /** The stored blobs, past every proxy. */
  readonly store: Store;
  /** What tasks are run with; ports are those of proxies. */
  settings(ports?: Ports): TaskSettings;
  /** The hub in this process, with its checkpoints. */
  openHub(ports?: Ports, more?: Partial<EventHubsOptions>): Promise<Hub>;
  /** The store in this process, through a proxy. */
  openStore(ports: Ports): Promise<Store>;
}

/** Where to find the hub and the blobs instead. */
export interface Ports {
  readonly hub?: number;
  readonly blobs?: number;
}

/** Starts both, with events and blobs in a folder. */
export async function faultStack(partitions = 4): Promise<FaultStack> {
  await using started = new AsyncDisposableStack();
  const { path: folder } = started.use(await temporaryFolder());
  const blobs = started.use(await azurite({ port: 0, folder: join(folder, "azurite") }));
  const hubs = [{ name: "ticks", partitions }];
  const emulator = started.use(await startEmulator({ hubs, data: join(folder, "hubs") }));
  const hubAt = (port = emulator.port) =>
    emulator.connectionString().replace(`:${emulator.port}`, `:${port}`);
  const storageAt = (port = blobs.port) => blobs.connectionString.replaceAll(`:${blobs.port}`, `:${port}`);
  const container = (name: string, { blobs }: Ports = {}) =>
    openContainer({ connectionString: storageAt(blobs) }, name);
  const store = blobStore(await container("ticks"));
  await container("ticks-checkpoints");
  const kept = started.move();
  return {
    emulator,
    blobPort: blobs.port,
    folder,
    store,
    settings: ({ hub, blobs } = {}) => ({
      cwd: folder,
      env: {
        EVENT_HUB_CONNECTION_STRING: hubAt(hub),
        EVENT_HUB_NAME: "ticks",
        STORAGE_CONNECTION_STRING: storageAt(blobs),
      },
    }),
    openHub: async (ports = {}, more = {}) =>
      await eventHubs({
        address: { connectionString: hubAt(ports.hub), hub: "ticks" },
        consumerGroup: "$Default",
        checkpoints: await container("ticks-checkpoints", ports),
        log: () => {},
        ...more,
      }),
    openStore: async (ports) => blobStore(await container("ticks", ports)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
