import net, { type AddressInfo, type Socket } from "node:net";

/** What may befall a connection. */
export type TcpFault = "cut" | "black hole" | "RST" | "one-byte slices" | "delay";

/** A TCP proxy that does to its connections what it is told. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /**
   * Does it to all connections that are open. A black hole swallows them for good, and those that come later work;
   * slices and delays last until `calm`.
   */
  strike(fault: TcpFault): void;
  /** Ends slices and delays. */
  calm(): void;
}

const delayMs = 300;
/** More would only burn time: a frame's head is eight bytes, and every message has one. */
const mostSlicedBytes = 300;

/** Starts a proxy on 127.0.0.1 before a port of it. */
export async function tcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const swallowed = new Set<Socket>();
  let mode: TcpFault | null = null;

  const server = net.createServer((client) => {
    const hub = net.connect(target, "127.0.0.1");
    const pair = [client, hub] as const;
    pairs.add(pair);
    client.setNoDelay(true);
    hub.setNoDelay(true);
    join(client, hub, pair);
    join(hub, client, pair);
  });

  function join(from: Socket, to: Socket, pair: readonly [Socket, Socket]): void {
    // One after the other, so that what is late stays in its order.
    let before = Promise.resolve();
    from.on("data", (bytes: Uint8Array) => {
      before = before.then(() => swallowed.has(from) ? undefined : pass(bytes, to));
    });
    from.on("error", () => {});
    from.on("close", () => {
      pairs.delete(pair);
      if (!swallowed.has(from)) void before.then(() => to.destroy());
    });
  }

  async function pass(bytes: Uint8Array, to: Socket): Promise<void> {
    if (mode === "delay") await new Promise((resolve) => setTimeout(resolve, delayMs));
    const sliced = mode === "one-byte slices" ? Math.min(bytes.length, mostSlicedBytes) : 0;
    for (let at = 0; at < sliced; at++) await write(to, bytes.subarray(at, at + 1));
    if (sliced < bytes.length) await write(to, bytes.subarray(sliced));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    strike(fault) {
      mode = fault;
      if (fault === "cut") { for (const sockets of pairs) sockets.forEach((socket) => socket.destroy()); }
      if (fault === "RST") {
        for (const sockets of pairs) sockets.forEach((socket) => socket.resetAndDestroy());
      }
      if (fault === "black hole") {
        for (const sockets of pairs) sockets.forEach((socket) => swallowed.add(socket));
      }
    },
    calm() {
      mode = null;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const sockets of pairs) sockets.forEach((socket) => socket.destroy());
      for (const socket of swallowed) socket.destroy();
      await closed;
    },
  };
}

function write(to: Socket, bytes: Uint8Array): Promise<void> {
  if (to.destroyed) return Promise.resolve();
  return new Promise((resolve) => to.write(bytes, () => resolve()));
}
