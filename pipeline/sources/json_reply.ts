import { advise } from "./advice.ts";
import { longestWaitMs } from "./clock.ts";

/** What to ask, and how patiently. */
export interface JsonRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The setting that holds the API key, for advice. */
  readonly keySetting?: string | null;
  readonly fetch?: typeof fetch;
  /** For the whole reply, its body too [10 s]. */
  readonly timeoutMs?: number;
  /** Longer bodies are refused [4 MiB]. */
  readonly maxBytes?: number;
}

/** No reply that can be used: says why, what to do, and how long to leave the server alone. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
  constructor(
    message: string,
    readonly advice: string,
    readonly status: number | null,
    /** From now on, as the server asked for; 0 where it didn't. */
    readonly retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The JSON value that an endpoint replies with.
 *
 * @throws {ReplyError} when there is no reply in time, or it is not JSON with status 200.
 * @throws {Error} when this process may not reach the host, or the signal aborts.
 */
export async function jsonReply(request: JsonRequest, signal: AbortSignal): Promise<unknown> {
  const { url, headers = {}, keySetting = null, timeoutMs = 10_000, maxBytes = 4_194_304 } = request;
  const { host, pathname } = new URL(url);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  let reply: Response | null = null;
  const failure = (reason: string, cause?: unknown) => {
    const status = reply?.status ?? null;
    const advice = advise({ reason, status, host, keySetting });
    const waitMs = reply === null ? 0 : retryAfterMs(reply.headers);
    return new ReplyError(`${host}${pathname}: ${reason}`, advice, status, waitMs, { cause });
  };
  try {
    reply = await (request.fetch ?? fetch)(url, {
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.any([signal, late.signal]),
    });
    const text = await readText(reply, maxBytes);
    if (reply.status !== 200) throw failure(`status ${reply.status}${excerpt(text)}`);
    if (text === null) throw failure(`a reply of more than ${maxBytes} bytes`);
    if (/^\s*</.test(text)) throw failure("a web page instead of data");
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw failure(`a reply of ${text.length} characters that is no JSON`, cause);
    }
  } catch (error) {
    if (signal.aborted || error instanceof ReplyError) throw error;
    if (error instanceof Deno.errors.NotCapable) throw notAllowed(host, error);
    throw failure(late.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : innermost(error), error);
  } finally {
    clearTimeout(timer);
  }
}

/** The start of a body that says in JSON what is wrong. */
function excerpt(text: string | null): string {
  return text?.startsWith("{") ? ` ${text.slice(0, 200)}` : "";
}

/** Says which line of deno.json is at fault. */
export function notAllowed(host: string, cause: unknown): Error {
  return new Error(
    `Cannot reach ${host}: this task may not; add it to "net" of its permissions in deno.json`,
    {
      cause,
    },
  );
}

/**
 * How long the server wants to be left alone, in both forms that it may be said in (RFC 9110, section 10.2.3). A date
 * is taken by the server's own clock where it shows it, so that ours may be wrong.
 */
export function retryAfterMs(headers: Headers, now = Date.now): number {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, longestWaitMs);
  const serverMs = Date.parse(headers.get("date") ?? "");
  const ms = Date.parse(value) - (Number.isNaN(serverMs) ? now() : serverMs);
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestWaitMs);
}

/** The body as text; `null` when it is too long. */
async function readText(reply: Response, maxBytes: number): Promise<string | null> {
  if (reply.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of reply.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** fetch() says "fetch failed", and its causes say why. */
function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  const message = at instanceof Error ? at.message : String(at);
  // Without the address, which may hold a key.
  return message.replace(/^error sending request for url \([^)]*\): /, "").split("\n")[0]!;
}
