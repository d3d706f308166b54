import { type Handler, jsonReply, loopbackHosts, readOnly, textReply } from "./http.ts";
import type { Metrics } from "./metrics.ts";

/** Where to listen; port 0 takes a free one. */
export interface HealthAddress {
  readonly hostname: string;
  readonly port: number;
}

/** What is told. */
export interface HealthOptions {
  readonly metrics: Metrics;
  /** Called before the metrics are told: has gauges brought up to date that are asked for and not counted. */
  readonly refresh: () => void;
  /** What doesn't work at present, by name. */
  readonly trouble: () => readonly string[];
}

/** A server that is running. */
export interface HealthServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves `/healthz` (this process turns), `/readyz` (and all that it needs works, else 503) and `/metrics`.
 *
 * @throws {Error} when the port is taken: names it, and the flag.
 */
export function serveHealth({ hostname, port }: HealthAddress, options: HealthOptions): HealthServer {
  // Whoever listens to more than this machine chose who may come; Prometheus calls a container by its name.
  const hosts = loopbackHosts.includes(hostname) ? loopbackHosts : null;
  try {
    const server = Deno.serve({ hostname, port, onListen() {} }, readOnly(hosts, healthHandler(options)));
    return {
      url: `http://${hostname}:${server.addr.port}`,
      [Symbol.asyncDispose]: () => server.shutdown(),
    };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new Error(`port ${port} on ${hostname} is in use: choose another one with --health-port`, {
      cause,
    });
  }
}

function healthHandler({ metrics, refresh, trouble }: HealthOptions): Handler {
  const started = performance.now();
  return ({ url }) => {
    switch (new URL(url).pathname) {
      case "/healthz":
        return jsonReply({ status: "ok", uptime_seconds: Math.round((performance.now() - started) / 1_000) });
      case "/readyz": {
        const waiting = trouble();
        return waiting.length === 0
          ? jsonReply({ status: "ready" })
          : jsonReply({ status: "unready", trouble: waiting }, 503);
      }
      case "/metrics":
        refresh();
        return textReply(metrics.text().trimEnd(), 200, {
          "content-type": "text/plain; version=0.0.4; charset=utf-8",
        });
      default:
        return textReply("nothing here: try /healthz, /readyz or /metrics", 404);
    }
  };
}
