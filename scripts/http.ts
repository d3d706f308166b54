/** Names by which this machine calls itself. */
export const loopbackHosts: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/** A reply to what was asked for. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** Sent with every reply: nothing here is a page, and nothing may be made into one. */
const guards = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/**
 * Lets through only questions, GET and HEAD, and only those for one of our hosts: another name that leads here is how a
 * foreign page gets at what it must not see. `null` lets every host through.
 */
export function readOnly(hosts: readonly string[] | null, handler: Handler): Handler {
  return async (request) => {
    const reply = refusal(request, hosts) ?? await handler(request);
    const headers = new Headers(reply.headers);
    for (const [name, value] of Object.entries(guards)) headers.set(name, value);
    return new Response(request.method === "HEAD" ? null : reply.body, { status: reply.status, headers });
  };
}

function refusal({ method, url }: Request, hosts: readonly string[] | null): Response | null {
  const { hostname } = new URL(url);
  if (hosts !== null && !hosts.includes(hostname)) return textReply("this host is not served here", 403);
  if (method === "GET" || method === "HEAD") return null;
  return textReply("only GET and HEAD are answered", 405, { allow: "GET, HEAD" });
}

/** A reply in words. */
export function textReply(text: string, status = 200, headers: Readonly<Record<string, string>> = {}) {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

/** A reply for a program. */
export function jsonReply(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}
