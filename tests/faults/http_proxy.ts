import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { AddressInfo } from "node:net";

/** What may befall a request: an HTTP status, or what a network does. */
export type HttpFault =
  | 403
  | 404
  | 408
  | 409
  | 412
  | 429
  | 500
  | 503
  | "reset before the commit"
  | "reset after the commit"
  | "half a body"
  | "hang";

/** Every fault there is. */
export const httpFaults: readonly HttpFault[] = [
  ...[403, 404, 408, 409, 412, 429, 500, 503] as const,
  ...["reset before the commit", "reset after the commit", "half a body", "hang"] as const,
];

/** A request as a script sees it. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
}

/** Decides over a request as it comes; `null` lets it through. */
export type HttpScript = (request: ProxiedRequest) => HttpFault | null;

/** An HTTP proxy that does what its script says. */
export interface HttpProxy extends AsyncDisposable {
  readonly port: number;
  /** May be changed at any time. */
  script: HttpScript;
}

/** The error codes that Azure sends with a status; none of them says that the blob is there. */
const codes: Readonly<Record<number, string>> = {
  403: "AuthenticationFailed",
  404: "ContainerNotFound",
  408: "RequestTimeout",
  409: "ContainerBeingDeleted",
  412: "ConditionNotMet",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServerBusy",
};

/** Starts a proxy on 127.0.0.1 before a port of it. */
export async function httpProxy(target: number, script: HttpScript = () => null): Promise<HttpProxy> {
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const { method = "", url: path = "" } = request;
    const fault = proxy.script({ method, path });
    void serve(request, response, fault).catch(() => response.destroy());
  });
  const proxy = {
    port: 0,
    script,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    fault: HttpFault | null,
  ): Promise<void> {
    const body = await buffer(request);
    if (fault === "hang") return;
    if (fault === "reset before the commit") return void request.socket.destroy();
    if (typeof fault === "number") return refuse(response, fault);
    const { status, headers, content } = await forward(request, body);
    if (fault === "reset after the commit") return void request.socket.destroy();
    if (fault === "half a body") {
      const { "transfer-encoding": _, ...rest } = headers;
      response.writeHead(status, { ...rest, "content-length": String(content.length + 100) });
      response.write(content, () => request.socket.destroy());
      return;
    }
    response.writeHead(status, headers).end(content);
  }

  function forward({ method, url, headers }: IncomingMessage, body: Uint8Array) {
    return new Promise<{ status: number; headers: http.IncomingHttpHeaders; content: Uint8Array }>(
      (resolve, reject) => {
        const asked = http.request({ port: target, host: "127.0.0.1", method, path: url, headers, agent });
        asked.on("error", reject);
        asked.on("response", (answer) => {
          buffer(answer).then(
            (content) => resolve({ status: answer.statusCode!, headers: answer.headers, content }),
            reject,
          );
        });
        asked.end(body);
      },
    );
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}

/** Refuses as Azure does; one that is busy says when to come again. */
function refuse(response: ServerResponse, status: number): void {
  const code = codes[status]!;
  const busy = status === 429 || status === 503 ? { "retry-after": "1" } : {};
  response.writeHead(status, { "x-ms-error-code": code, "content-type": "application/xml", ...busy });
  response.end(
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>scripted</Message></Error>`,
  );
}
