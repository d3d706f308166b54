import { advise } from "./advice.ts";
import { connect, type Connection, type ConnectionOptions } from "./connection.ts";
import { notAllowed } from "./json_reply.ts";
import type { SourceLog } from "./source.ts";

/** How a WebSocket is kept open. */
export interface SocketOptions extends ConnectionOptions {
  /** For the log. */
  readonly source: string;
  readonly log: SourceLog;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  /** Called when a connection that gave data has ended, and no other had taken over. */
  readonly onLost: (cause: string) => void;
}

/** Exchanges allow about one connection a second (Binance 300 in 5 minutes): the first pause is 1 to 2 s. */
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;

/** How long a socket may take to close when we leave. */
const closeMs = 1_000;

const replaced = "another connection took over";

/**
 * Keeps a WebSocket open until the signal aborts, whatever happens to it. When a connection ends, the next one follows
 * after a pause that doubles from failure to failure and starts anew with the first data. When one is due to end, the
 * next one is opened beside it and takes over with its own first data, so that nothing is missed.
 *
 * @throws {Error} when this process may not reach the host.
 */
export async function keepOpen(options: SocketOptions, signal: AbortSignal): Promise<void> {
  const { source, log, clock, random, onLost } = options;
  const { host } = new URL(options.url);
  const leaving = aborted(signal);
  const open = new Set<Connection>();
  let current: Connection | undefined;
  let failures = 0;

  const lost = async (cause: string) => {
    failures++;
    const longestMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
    const pauseMs = Math.round(longestMs * (0.5 + random() / 2));
    const status = Number(/status code: (\d+)/.exec(cause)?.[1] ?? NaN) || null;
    const advice = advise({ reason: cause, status, host, keySetting: null });
    log("source.lost", { source, host, cause, advice, failures, retry_ms: pauseMs });
    await clock.wait(pauseMs, signal);
  };
  while (!signal.aborted) {
    const next = tryConnect(options, host);
    open.add(next);
    next.ended.then(() => open.delete(next));
    const fed = await Promise.race([next.fed.then(() => true), next.ended.then(() => false), leaving]);
    if (signal.aborted) break;
    if (!fed) {
      await lost(next.cause!);
      continue;
    }
    next.ended.then((cause) => cause === replaced || signal.aborted || onLost(cause));
    failures = 0;
    current?.close(replaced);
    current = next;
    log("source.open", { source, host });
    const due = await Promise.race([current.due, current.ended, leaving]);
    if (signal.aborted) break;
    if (current.cause === undefined) log("source.replacing", { source, host, reason: due });
    else await lost(current.cause);
  }
  const closing = Promise.all([...open].map((connection) => connection.close("we leave")));
  const patience = new AbortController();
  await Promise.race([closing, clock.wait(closeMs, patience.signal)]);
  patience.abort();
}

function tryConnect(options: ConnectionOptions, host: string): Connection {
  try {
    return connect(options);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw notAllowed(host, error);
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
