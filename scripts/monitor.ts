import type { Hub, Log } from "#pipeline/hub/hub.ts";
import type { Store } from "#pipeline/store/store.ts";
import type { Flag } from "./flags.ts";
import { type Metrics, metrics } from "./metrics.ts";
import { observeHub, observeStore } from "./observed.ts";
import { type HealthAddress, serveHealth } from "./serve_health.ts";

/** What a command tells about itself while it runs: wrap what it works with, and log through it. */
export interface Monitor extends AsyncDisposable {
  readonly metrics: Metrics;
  /** Logs, and counts what the log tells of. */
  readonly log: Log;
  /** The same hub, counted, timed and traced. */
  hub(hub: Hub): Hub;
  /** The same store, counted, timed and traced. */
  store(store: Store): Store;
  /** Says that something which the command needs works, or doesn't; one that doesn't makes it unready. */
  works(name: string, does: boolean): void;
}

/** The flag of every command that runs long. */
export const healthPort: Flag<HealthAddress | null> = {
  about:
    "serve /healthz, /readyz and /metrics at this port of 127.0.0.1, or at HOST:PORT; 0 takes a free one",
  placeholder: "PORT",
  default: null,
  shownDefault: null,
  repeats: false,
  parse([given]) {
    const match = /^(?:([0-9.]+|localhost):)?(\d{1,5})$/.exec(given!);
    const port = Number(match?.[2]);
    if (!(port <= 65_535)) throw new Error("a port, 0 to 65535, or HOST:PORT such as 0.0.0.0:9464");
    return { hostname: match?.[1] ?? "127.0.0.1", port };
  },
};

/** Counters that are known from nothing but the log. */
const logged: Readonly<Record<string, Parameters<Metrics["count"]>[0]>> = {
  "source.lost": "ticklake_reconnects_total",
  "source.failed": "ticklake_reconnects_total",
  "send.retry": "ticklake_reconnects_total",
  "receive.reopen_failed": "ticklake_reconnects_total",
  "receive.hub_renewed": "ticklake_reconnects_total",
  "receive.retry": "ticklake_retries_total",
  "source.gap": "ticklake_gaps_total",
  "source.refused": "ticklake_refused_kinds_total",
};

/** The hub is asked how far it is at most so often, however often the metrics are. */
const askEveryMs = 5_000;

/**
 * Starts counting, and serves the counts where an address is given.
 *
 * @throws {Error} when the port is taken.
 */
export function monitor(address: HealthAddress | null, { log }: { readonly log: Log }): Monitor {
  const counts = metrics();
  const broken = new Set<string>();
  const receiving = new Set<Hub>();
  let opened = false;
  const works = (name: string, does: boolean) => {
    opened = true;
    if (does) broken.delete(name);
    else broken.add(name);
  };
  const served = address === null ? null : serveHealth(address, {
    metrics: counts,
    refresh: lagOf(receiving, counts),
    trouble: () => opened ? [...broken] : ["starting"],
  });
  if (served !== null) log("health", { url: served.url });
  return {
    metrics: counts,
    log(event, fields) {
      if (Object.hasOwn(logged, event)) counts.count(logged[event]!);
      log(event, fields);
    },
    hub: (hub) => observeHub(hub, { metrics: counts, works, receiving }),
    store: (store) => observeStore(store, { metrics: counts, works }),
    works,
    [Symbol.asyncDispose]: async () => await served?.[Symbol.asyncDispose](),
  };
}

/** Asks the hubs that are received from how far their receiver is behind; the answer is there for the next scrape. */
function lagOf(receiving: ReadonlySet<Hub>, metrics: Metrics): () => void {
  let askedMs = -Infinity;
  const ask = async (hub: Hub) => {
    // A hub that doesn't answer is told of by what fails to come from it.
    const partitions = await hub.partitions().catch(() => []);
    for (const { partition, first, last, checkpoint } of partitions) {
      const behind = last - Math.max(checkpoint, first - 1);
      metrics.set("ticklake_lag_events", behind, { partition: String(partition) });
    }
  };
  return () => {
    if (performance.now() - askedMs < askEveryMs) return;
    askedMs = performance.now();
    for (const hub of receiving) void ask(hub);
  };
}
