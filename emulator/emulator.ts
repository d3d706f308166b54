import type { Log } from "./broker.ts";
import { type ClientConnection, serveConnection } from "./client_connection.ts";
import { connectionString } from "./connection_string.ts";
import { faultControl } from "./fault_control.ts";
import type { Fault, FaultPlace, Faults } from "./faults.ts";
import { openBroker } from "./open_broker.ts";
import { type EmulatorOptions, type HubOptions, readOptions } from "./options.ts";
import { serveStatus } from "./status/server.ts";
import { statusSource } from "./status_source.ts";
import { listen, type Listener } from "./listener.ts";

export type { Fault, FaultPlace, Faults };
export type { EmulatorOptions, HubOptions, Log };

const SHUTTING_DOWN = { condition: "amqp:connection:forced", description: "The emulator is shutting down." };

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Where the status page is; undefined when `statusPort` wasn't given. */
  readonly statusUrl: string | undefined;
  /** Makes it misbehave on demand. */
  readonly faults: Faults;
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
 * Starts an Azure Event Hubs emulator that speaks AMQP 1.0. Events are kept in memory, or in a folder.
 *
 * ```ts
 * await using emulator = await startEmulator({ hubs: [{ name: "prices" }] });
 * const producer = new EventHubProducerClient(emulator.connectionString("prices"));
 * ```
 *
 * @throws when an option makes no sense, the port is in use (with `Deno.errors.AddrInUse` as its cause), or the folder
 * is in use or damaged; every message tells how to mend it
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const settings = readOptions(options);
  const { hostname, statusPort, key, log } = settings;
  await using started = new AsyncDisposableStack();
  const broker = started.adopt(openBroker(settings), (broker) => broker.close());
  const status = statusPort === undefined
    ? undefined
    : started.adopt(serveStatus(statusSource(broker), statusPort), (status) => status.close());
  const connections = new Set<ClientConnection>();
  const listener = await listen(settings, (socket) => {
    const connection = serveConnection(socket, broker, () => connections.delete(connection));
    connections.add(connection);
  });
  started.defer(() => hangUp(listener, connections));
  const { port } = listener;
  const running = started.move();
  log("emulator.started", { hostname, port, hubs: [...broker.hubs.keys()] });
  let closing: Promise<void> | undefined;
  const close = () => closing ??= running.disposeAsync();
  return {
    hostname,
    port,
    statusUrl: status?.url,
    faults: faultControl(broker, connections),
    connectionString: (hub) =>
      connectionString({ hostname, port, key, tls: settings.tls !== undefined, hub }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function hangUp(listener: Listener, connections: ReadonlySet<ClientConnection>): Promise<void> {
  const closed = listener.close();
  for (const connection of connections) connection.close(SHUTTING_DOWN);
  await closed;
}
