import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** How long a client may take over the TLS handshake. */
const TLS_HANDSHAKE_MS = 10_000;

/** How long clients may take to leave once the port closes. */
const CLOSE_MS = 1500;
/** Further clients are cut off at once. */
const MOST_CONNECTIONS = 5000;

/** A port that takes connections. */
export interface Listener {
  /** The port taken, also when any free one was asked for. */
  readonly port: number;
  /** Takes no more connections, and resolves once the open ones have ended. */
  close(): Promise<void>;
}

/** A server certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Where to listen. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Speaks TLS with it; plain TCP without. */
  readonly tls?: Certificate;
}

/**
 * Listens, handing each connection to `serve`.
 *
 * @throws when the port is in use, with `Deno.errors.AddrInUse` as the cause
 */
export async function listen(options: ListenOptions, serve: (socket: Socket) => void): Promise<Listener> {
  const { tls } = options;
  const server = tls === undefined
    ? createServer(serve)
    : createTlsServer({ ...tls, handshakeTimeout: TLS_HANDSHAKE_MS }, serve);
  const sockets = trackSockets(server);
  await listening(server, options);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () => closeServer(server, sockets),
  };
}

/** The open sockets of a server, those in a TLS handshake included, which `serve` doesn't see yet. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    if (sockets.size >= MOST_CONNECTIONS) return void socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  return sockets;
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_MS);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(cut);
}

function listening(server: Server, { hostname, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const message =
        `Port ${port} on ${hostname} is in use: stop what listens there, or choose another port`;
      reject(new Error(message, { cause: new Deno.errors.AddrInUse(error.message) }));
    });
    server.listen(port, hostname, () => resolve());
  });
}
