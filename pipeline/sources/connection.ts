import { type Clock, longestWaitMs, waitUntil } from "./clock.ts";

/** What a text was: data, a sign of life, or a notice about the connection itself. */
export type Heard =
  | "data"
  | "heartbeat"
  | { readonly closing: string }
  | { readonly refusal: string };

/** What one connection is made with. */
export interface ConnectionOptions {
  readonly url: string;
  /** Sent as soon as it is open. */
  readonly subscribe: readonly string[];
  /** A connection without data for so long is ended; heartbeats are none. */
  readonly staleMs: number;
  /** The age at which another one should take over. */
  readonly lifeMs: number;
  /** Longer texts end the connection. */
  readonly maxFrameLength: number;
  readonly hear: (text: string) => Heard;
  readonly clock: Clock;
  readonly WebSocket: typeof WebSocket;
}

/** One WebSocket, from connecting to its end. */
export interface Connection {
  /** Resolves with the first data. */
  readonly fed: Promise<void>;
  /** Resolves when another connection should take over, and says why. */
  readonly due: Promise<string>;
  /** Resolves when no more will be heard, and says why. Never rejects. */
  readonly ended: Promise<string>;
  /** The same reason, once it has ended. */
  readonly cause: string | undefined;
  /** Ends it for this reason, and resolves when the socket is gone. */
  close(cause: string): Promise<void>;
}

/** Connects, subscribes, and watches over the silence. @throws {Error} when this process may not reach the host. */
export function connect(options: ConnectionOptions): Connection {
  const { url, subscribe, clock } = options;
  const fed = Promise.withResolvers<void>();
  const due = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  const over = new AbortController();
  const socket = new options.WebSocket(url);
  socket.binaryType = "arraybuffer";
  let cause: string | undefined;
  let failure = "";
  let dataMs: number | undefined;

  const end = (why: string) => {
    if (cause !== undefined) return;
    cause = why;
    over.abort();
    ended.resolve(why);
    socket.close();
  };
  const hear = (data: unknown) => {
    if (cause !== undefined) return;
    const text = typeof data === "string" ? data : new TextDecoder().decode(data as ArrayBuffer);
    if (text.length > options.maxFrameLength) {
      return end(`a message of ${text.length} characters, more than ${options.maxFrameLength}`);
    }
    const heard = options.hear(text);
    if (heard === "heartbeat") return;
    if (heard === "data") {
      dataMs = clock.now();
      fed.resolve();
    } else if ("closing" in heard) due.resolve(heard.closing);
    else end(`it refuses: ${heard.refusal}`);
  };
  socket.onopen = () => subscribe.forEach((text) => socket.send(text));
  socket.onmessage = ({ data }) => hear(data);
  socket.onerror = (event) => failure = (event as ErrorEvent).message || failure;
  socket.onclose = ({ code, reason }) => {
    const said = reason === "" ? "" : `, "${reason}"`;
    end(shorten(failure) || `closed by the exchange (code ${code}${said})`);
    gone.resolve();
  };
  watchSilence(options, () => dataMs, end, over.signal);
  waitUntil(clock, clock.now() + Math.min(options.lifeMs, longestWaitMs), over.signal)
    .then(() => over.signal.aborted || due.resolve("its time is up"));
  return {
    fed: fed.promise,
    due: due.promise,
    ended: ended.promise,
    get cause() {
      return cause;
    },
    close(why) {
      end(why);
      return gone.promise;
    },
  };
}

/** Measured from connecting, so that a feed that never says anything is found too. */
async function watchSilence(
  { staleMs, clock }: ConnectionOptions,
  dataMs: () => number | undefined,
  end: (cause: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const startMs = clock.now();
  const dueMs = () => (dataMs() ?? startMs) + staleMs;
  while (!signal.aborted && clock.now() < dueMs()) await waitUntil(clock, dueMs(), signal);
  end(`no data for ${staleMs / 1000} s${dataMs() === undefined ? " since connecting" : ""}`);
}

/** `NetworkError: failed to connect to WebSocket: dns error` is what Deno says. */
function shorten(message: string): string {
  return message.replace(/^NetworkError: failed to connect to WebSocket: /, "");
}
