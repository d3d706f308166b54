import type { Broker, Log } from "./broker.ts";
import { type ClientConnection, serveConnection } from "./client_connection.ts";
import { type Hub, hub } from "./hub.ts";
import { type EmulatorOptions, type HubOptions, readOptions } from "./options.ts";
import { memoryLog } from "./log/memory_log.ts";
import { listen } from "./listener.ts";

export type { EmulatorOptions, HubOptions, Log };

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /**
   * What an Event Hubs SDK takes to connect, key included.
   *
   * @param hub put in as `EntityPath`; without it the client names the hub itself
   */
  connectionString(hub?: string): string;
  /** Detaches every client with a reason and frees the port; takes about a second at most. */
  close(): Promise<void>;
}

/**
 * Starts an Azure Event Hubs emulator that speaks AMQP 1.0. Events are kept in memory.
 *
 * ```ts
 * await using emulator = await startEmulator({ hubs: [{ name: "prices" }] });
 * const producer = new EventHubProducerClient(emulator.connectionString("prices"));
 * ```
 *
 * @throws when an option makes no sense, or the port is in use (with `Deno.errors.AddrInUse` as its cause)
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { hubs, hostname, port, key, log, maxMessageBytes, now } = readOptions(options);
  const broker: Broker = {
    hubs: new Map(hubs.map((parts) => [parts.name.toLowerCase(), openHub(parts, now)])),
    maxMessageBytes,
    log,
  };
  const connections = new Set<ClientConnection>();
  const listener = await listen({ hostname, port }, (socket) => {
    const connection = serveConnection(socket, broker, () => connections.delete(connection));
    connections.add(connection);
  });
  log("emulator.started", { hostname, port: listener.port, hubs: hubs.map(({ name }) => name) });

  async function close(): Promise<void> {
    const closed = listener.close();
    for (const connection of connections) {
      connection.close({
        condition: "amqp:connection:forced",
        description: "The emulator is shutting down.",
      });
    }
    await closed;
    for (const { partitions } of broker.hubs.values()) {
      await Promise.all(partitions.map((partition) => partition.log.close()));
    }
  }

  return {
    hostname,
    port: listener.port,
    connectionString: (hub) => connectionString({ hostname, port: listener.port, key, hub }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openHub({ name, partitions, consumerGroups }: Required<HubOptions>, now: () => number): Hub {
  const logs = Array.from({ length: partitions }, () => memoryLog({ now }));
  return hub({ name, createdOn: new Date(now()), logs, consumerGroups });
}

interface ConnectionStringParts {
  readonly hostname: string;
  readonly port: number;
  readonly key: string;
  readonly hub: string | undefined;
}

function connectionString({ hostname, port, key, hub }: ConnectionStringParts): string {
  const parts = [
    `Endpoint=sb://${hostname}:${port}`,
    "SharedAccessKeyName=RootManageSharedAccessKey",
    `SharedAccessKey=${key}`,
    "UseDevelopmentEmulator=true",
  ];
  return [...parts, ...(hub === undefined ? [] : [`EntityPath=${hub}`])].join(";");
}
