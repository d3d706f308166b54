import { join } from "node:path";
import { azurite } from "#pipeline/store/azurite.ts";
import type { Config } from "./config.ts";

/** What to start; port 0 takes a free one. */
export interface LocalStackOptions {
  readonly hub: string;
  readonly partitions: number;
  readonly hubPort: number;
  readonly blobPort: number;
  /** Where the blobs live; made when it isn't there. */
  readonly folder: string;
}

/** Event Hubs and Blob Storage in this process, on 127.0.0.1. */
export interface LocalStack extends AsyncDisposable {
  /** How to reach them. */
  readonly config: Config;
  readonly hubPort: number;
  readonly blobPort: number;
  readonly hubConnectionString: string;
  readonly storageConnectionString: string;
}

/**
 * Starts the emulator and Azurite.
 *
 * @throws {Error} when a port is taken: says which, and the flag that chooses another.
 */
export async function localStack(options: LocalStackOptions): Promise<LocalStack> {
  const { hub, partitions, hubPort, blobPort, folder } = options;
  await using started = new AsyncDisposableStack();
  const { startEmulator } = await import("#emulator/emulator.ts");
  const blobs = started.use(
    await onPort(blobPort, "--blob-port", () => azurite({ port: blobPort, folder: join(folder, "azurite") })),
  );
  const events = started.use(
    await onPort(
      hubPort,
      "--hub-port",
      () => startEmulator({ port: hubPort, hubs: [{ name: hub, partitions }] }),
    ),
  );
  const hubConnectionString = events.connectionString();
  const stack = started.move();
  return {
    hubPort: events.port,
    blobPort: blobs.port,
    hubConnectionString,
    storageConnectionString: blobs.connectionString,
    config: {
      hub: { name: hub, consumerGroup: "$Default", connectionString: hubConnectionString },
      storage: {
        container: "ticks",
        checkpoints: "ticks-checkpoints",
        connectionString: blobs.connectionString,
      },
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function onPort<T>(port: number, flag: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    if (!isAddressInUse(cause)) throw cause;
    const advice = `is \`deno task local\` running already? Else choose another one with ${flag}`;
    throw new Error(`port ${port} on 127.0.0.1 is in use: ${advice}`, { cause });
  }
}

function isAddressInUse(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof Deno.errors.AddrInUse || (at as { code?: string }).code === "EADDRINUSE") return true;
  }
  return false;
}
