/** One WebSocket that a source has opened. */
export interface FakeConnection {
  /** Path and query that it came with. */
  readonly path: string;
  /** What the source has sent so far. */
  readonly heard: readonly string[];
  /** Resolves with the first text that the source sends. */
  readonly subscribed: Promise<string>;
  /** Resolves when it is gone, whoever closed it. */
  readonly closed: Promise<void>;
  /** Sends each as one frame; what isn't a text, as JSON. */
  send(...messages: readonly unknown[]): void;
  close(code?: number, reason?: string): void;
}

/** An exchange on 127.0.0.1 that does what a test tells it. */
export interface FakeExchange extends AsyncDisposable {
  /** `ws://127.0.0.1:PORT`. */
  readonly url: string;
  /** `http://127.0.0.1:PORT`. */
  readonly httpUrl: string;
  /** The paths and queries of the HTTP requests so far, upgrades left out. */
  readonly requests: readonly string[];
  /** The next connection, in the order in which they came. */
  connection(): Promise<FakeConnection>;
}

/** Starts one; `reply` answers HTTP requests, and may answer an upgrade too, to refuse it. */
export function fakeExchange(
  reply: (request: Request) => Response | undefined | Promise<Response | undefined> = () => undefined,
): FakeExchange {
  const waiting: FakeConnection[] = [];
  const asking: ((connection: FakeConnection) => void)[] = [];
  const requests: string[] = [];
  const open = new Set<FakeConnection>();
  const arrive = (connection: FakeConnection) => {
    open.add(connection);
    connection.closed.then(() => open.delete(connection));
    const ask = asking.shift();
    if (ask === undefined) waiting.push(connection);
    else ask(connection);
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const upgrade = request.headers.get("upgrade") === "websocket";
    if (!upgrade) requests.push(pathname + search);
    const answer = await reply(request);
    if (answer !== undefined) return answer;
    if (!upgrade) return new Response("not found", { status: 404 });
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    socket.onopen = () => arrive(connectionOf(socket, pathname + search));
    return response;
  });
  const { port } = server.addr;
  return {
    url: `ws://127.0.0.1:${port}`,
    httpUrl: `http://127.0.0.1:${port}`,
    requests,
    connection() {
      const connection = waiting.shift();
      if (connection !== undefined) return Promise.resolve(connection);
      return new Promise((resolve) => asking.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      for (const connection of open) connection.close();
      await Promise.all([...open].map(({ closed }) => closed));
      await server.shutdown();
    },
  };
}

function connectionOf(socket: WebSocket, path: string): FakeConnection {
  const heard: string[] = [];
  const subscribed = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    heard.push(data);
    subscribed.resolve(data);
  };
  socket.onclose = () => closed.resolve();
  socket.onerror = (event) => event.preventDefault();
  return {
    path,
    heard,
    subscribed: subscribed.promise,
    closed: closed.promise,
    send(...messages) {
      for (const message of messages) {
        socket.send(typeof message === "string" ? message : JSON.stringify(message));
      }
    },
    close: (code, reason) => socket.close(code, reason),
  };
}
