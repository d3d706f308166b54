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
  /** The hubs: what is done to one leaves the others alone, and all of them are stored in one container. */
  readonly lanes: readonly string[];
  /** What tasks are run with. */
  settings(way?: Way): TaskSettings;
  /** A hub in this process, with its checkpoints. */
  openHub(way?: Way, more?: Partial<EventHubsOptions>): Promise<Hub>;
  /** The store in this process. */
  openStore(way: Way): Promise<Store>;
}

/** Which hub, the first one by default, and the ports of proxies to go through. */
export interface Way {
  readonly lane?: string;
  readonly hub?: number;
  readonly blobs?: number;
}

/** Starts both, with events and blobs in a folder. */
export async function faultStack(
  { partitions = 4, lanes: laneCount = 1 }: { readonly partitions?: number; readonly lanes?: number } = {},
): Promise<FaultStack> {
  await using started = new AsyncDisposableStack();
  const { path: folder } = started.use(await temporaryFolder());
  const blobs = started.use(await azurite({ port: 0, folder: join(folder, "azurite") }));
  const lanes = Array.from({ length: laneCount }, (_, lane) => `ticks-${lane}`);
  const hubs = lanes.map((name) => ({ name, partitions }));
  const emulator = started.use(await startEmulator({ hubs, data: join(folder, "hubs") }));
  const hubAt = ({ hub = emulator.port }: Way) =>
    emulator.connectionString().replace(`:${emulator.port}`, `:${hub}`);
  const storageAt = ({ blobs: port = blobs.port }: Way) =>
    blobs.connectionString.replaceAll(`:${blobs.port}`, `:${port}`);
  const container = (name: string, way: Way = {}) =>
    openContainer({ connectionString: storageAt(way) }, name);
  const store = blobStore(await container("ticks"));
  await container("ticks-checkpoints");
  const kept = started.move();
  return {
    emulator,
    blobPort: blobs.port,
    folder,
    store,
    lanes,
    settings: (way = {}) => ({
      cwd: folder,
      env: {
        EVENT_HUB_CONNECTION_STRING: hubAt(way),
        EVENT_HUB_NAME: way.lane ?? lanes[0]!,
        STORAGE_CONNECTION_STRING: storageAt(way),
      },
    }),
    openHub: async (way = {}, more = {}) =>
      await eventHubs({
        address: { connectionString: hubAt(way), hub: way.lane ?? lanes[0]! },
        consumerGroup: "$Default",
        checkpoints: await container("ticks-checkpoints", way),
        log: () => {},
        ...more,
      }),
    openStore: async (way) => blobStore(await container("ticks", way)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
