import { PAGE_EVENTS, renderEvents, renderOverview } from "./page.ts";
import { type Rates, rates } from "./rates.ts";
import type { StatusSource } from "./status.ts";
import { STYLE } from "./style.ts";

const SAMPLE_MS = 1000;
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** A running status page. */
export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the status page on 127.0.0.1, to whoever asks for it by a name of this machine's own: another Host would be a
 * page elsewhere that points its name here (DNS rebinding).
 *
 * @param port 0 takes any free port
 * @throws when the port is in use, with `Deno.errors.AddrInUse` as the cause
 */
export function serveStatus(source: StatusSource, port: number): StatusServer {
  const meter = rates(() => performance.now());
  const server = listen(port, (request) => respond(request, source, meter));
  const timer = setInterval(() => meter.sample(source.status()), SAMPLE_MS);
  meter.sample(source.status());
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async close() {
      clearInterval(timer);
      await server.shutdown();
    },
  };
}

function listen(port: number, handle: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, handle);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    const message =
      `Port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another status port`;
    throw new Error(message, { cause });
  }
}

function respond(request: Request, source: StatusSource, meter: Rates): Response {
  const { pathname, searchParams } = new URL(request.url);
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.get("host") ?? "")) {
    return reply(403, "text/plain", "This page is served to 127.0.0.1 and localhost only.");
  }
  if (request.method !== "GET") return reply(405, "text/plain", "Only GET is answered.");
  switch (pathname) {
    case "/":
      return reply(200, "text/html", renderOverview(source.status(), meter));
    case "/style.css":
      return reply(200, "text/css", STYLE);
    case "/status.json":
      return reply(200, "application/json", JSON.stringify(source.status()));
    case "/events":
      return showEvents(searchParams, source);
    default:
      return reply(404, "text/plain", "There is no such page.");
  }
}

function showEvents(parameters: URLSearchParams, source: StatusSource): Response {
  const [name, id] = [parameters.get("hub") ?? "", parameters.get("partition") ?? ""];
  const hub = source.status().hubs.find((hub) => hub.name === name);
  const partition = hub?.partitions.find((partition) => partition.id === id);
  if (partition === undefined) return reply(404, "text/plain", "There is no such hub or partition.");
  const wanted = Number(parameters.get("from") ?? 0);
  const from = Math.max(Number.isSafeInteger(wanted) ? wanted : 0, partition.beginSequenceNumber);
  const events = source.events(name, id, from, PAGE_EVENTS) ?? [];
  return reply(200, "text/html", renderEvents(name, partition, from, events));
}

function reply(status: number, type: string, body: string): Response {
  return new Response(body, { status, headers: { ...HEADERS, "content-type": `${type}; charset=utf-8` } });
}
