import { join } from "node:path";
import process from "node:process";

/** A running Azurite. */
export interface Azurite extends AsyncDisposable {
  readonly port: number;
  /** With Azurite's well-known account. */
  readonly connectionString: string;
}

/** How to start it. */
export interface AzuriteOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Keeps blobs here over restarts; made when it isn't there. */
  readonly folder: string;
}

/**
 * Starts Azurite's blob service in this process, on 127.0.0.1.
 *
 * @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export async function azurite({ port, folder }: AzuriteOptions): Promise<Azurite> {
  await Deno.mkdir(folder, { recursive: true });
  // Azurite leaves timers behind when it finds its port taken, so look first.
  Deno.listen({ hostname: "127.0.0.1", port }).close();
  const { BlobConfiguration, BlobServer, constants } = await load();
  const configuration = new BlobConfiguration(
    "127.0.0.1",
    port,
    5, // seconds of keep-alive
    join(folder, "__blobs__.json"),
    join(folder, "__extents__.json"),
    [{ locationId: "Default", locationPath: join(folder, "__blobstorage__"), maxConcurrency: 10 }],
    false, // access log
    undefined,
    false, // debug log
    undefined,
    false, // loose
    true, // skipApiVersionCheck: the SDK is newer than the versions that Azurite knows
  );
  const server = new BlobServer(configuration);
  await server.start();
  const bound = Number(new URL(server.getHttpServerAddress()).port);
  return {
    port: bound,
    connectionString: "DefaultEndpointsProtocol=http;" +
      `AccountName=${constants.EMULATOR_ACCOUNT_NAME};AccountKey=${constants.EMULATOR_ACCOUNT_KEY_STR};` +
      `BlobEndpoint=http://127.0.0.1:${bound}/${constants.EMULATOR_ACCOUNT_NAME};`,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Loads Azurite only where it is started: it is by far the heaviest package here. */
async function load() {
  // It still uses punycode, and Node's warning about that is of no use to the person who started us.
  Object.assign(process, { noDeprecation: true });
  // Azurite has no entry point for a program, only for a command line: these are its parts that serve blobs.
  const configuration = await import("azurite/dist/src/blob/BlobConfiguration.js");
  const server = await import("azurite/dist/src/blob/BlobServer.js");
  const constants = await import("azurite/dist/src/blob/utils/constants.js");
  return { BlobConfiguration: classOf(configuration), BlobServer: classOf(server), constants };
}

/** A CommonJS module's default export lies one level deeper at run time than its types say. */
function classOf<T extends { default: unknown }>(module: T): T["default"] {
  return (module.default as { default?: unknown }).default ?? module.default;
}
