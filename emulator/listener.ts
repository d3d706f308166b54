import { createServer, type Server, type Socket } from "node:net";

/** A port that takes connections. */
export interface Listener {
  /** The port taken, also when any free one was asked for. */
  readonly port: number;
  /** Takes no more connections, and resolves once the open ones have ended. */
  close(): Promise<void>;
}

/** Where to listen. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/**
 * Listens, handing each connection to `serve`.
 *
 * @throws when the port is in use, with `Deno.errors.AddrInUse` as the cause
 */
export async function listen(options: ListenOptions, serve: (socket: Socket) => void): Promise<Listener> {
  const server = createServer(serve);
  await listening(server, options);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function listening(server: Server, { hostname, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      reject(
        new Error(`Port ${port} on ${hostname} is in use: stop what listens there, or choose another port`, {
          cause: new Deno.errors.AddrInUse(error.message),
        }),
      );
    });
    server.listen(port, hostname, () => resolve());
  });
}
