import { join } from "node:path";
import type { EmulatorOptions } from "#emulator/emulator.ts";
import { azurite } from "#pipeline/store/azurite.ts";
import type { Config } from "./config.ts";

/** What to start; port 0 takes a free one. */
export interface LocalStackOptions {
  readonly hubPort: number;
  readonly blobPort: number;
  /** Where the blobs live; made when it isn't there. */
  readonly folder: string;
  /** The hubs and all else that the emulator may be told; the first hub is the one of `config`. */
  readonly emulator: Omit<EmulatorOptions, "port">;
}

/** Event Hubs and Blob Storage in this process, on 127.0.0.1. */
export interface LocalStack extends AsyncDisposable {
  /** How to reach them. */
  readonly config: Config;
  readonly hubPort: number;
  readonly blobPort: number;
  readonly hubConnectionString: string;
  /** Where the emulator's status page is, if there is one. */
  readonly statusUrl: string | undefined;
  readonly storageConnectionString: string;
}

/**
 * Starts the emulator and Azurite.
 *
 * @throws {Error} when a port is taken: says which, and the flag that chooses another.
 */
export async function localStack(options: LocalStackOptions): Promise<LocalStack> {
  const { hubPort, blobPort, folder, emulator } = options;
  await using started = new AsyncDisposableStack();
  const { startEmulator } = await import("#emulator/emulator.ts");
  const { statusPort = 0 } = emulator;
  // The emulator first: it locks the folder, so that a second stack never touches the first one's blobs.
  const events = started.use(
    await onPorts(
      { "--hub-port": hubPort, "--status-port": statusPort },
      () => startEmulator({ ...emulator, port: hubPort }),
    ),
  );
  const blobs = started.use(
    await onPorts(
      { "--blob-port": blobPort },
      () => azurite({ port: blobPort, folder: join(folder, "azurite") }),
    ),
  );
  const hubConnectionString = events.connectionString();
  const stack = started.move();
  return {
    hubPort: events.port,
    blobPort: blobs.port,
    hubConnectionString,
    statusUrl: events.statusUrl,
    storageConnectionString: blobs.connectionString,
    config: {
      hub: { name: emulator.hubs[0]!.name, consumerGroup: "$Default", connectionString: hubConnectionString },
      storage: {
        container: "ticks",
        checkpoints: "ticks-checkpoints",
        connectionString: blobs.connectionString,
      },
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Starts what listens on these ports, by the flags that choose them. */
async function onPorts<T>(ports: Readonly<Record<string, number>>, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    if (!isAddressInUse(cause)) throw cause;
    const [flag, port] = Object.entries(ports).find(([, port]) => port !== 0 && isTaken(port)) ?? [];
    if (port === undefined) throw cause;
    const advice = `is \`deno task local\` running already? Else choose another one with ${flag}`;
    throw new Error(`port ${port} on 127.0.0.1 is in use: ${advice}`, { cause });
  }
}

function isTaken(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return false;
  } catch {
    return true;
  }
}

function isAddressInUse(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof Deno.errors.AddrInUse || (at as { code?: string }).code === "EADDRINUSE") return true;
  }
  return false;
}
