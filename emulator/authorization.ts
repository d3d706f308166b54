import type { DecodedMessage } from "./amqp_values.ts";
import { type AmqpError, badArgument, unauthorized } from "./errors.ts";
import type { Reply } from "./request_node.ts";
import { checkToken, covers, type Grant, type SharedKey } from "./sas.ts";

/** Timers can't wait longer; a token that lasts longer is looked at again then. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** What one connection may do, by the tokens it has put. */
export interface Authorization {
  /** Answers a put-token request to `$cbs`. */
  putToken(request: DecodedMessage): Reply;
  /** Why a path may not be used, or undefined when it may. */
  refusalOf(path: string): AmqpError | undefined;
  stop(): void;
}

/** What {@linkcode authorization} needs. */
export interface AuthorizationOptions {
  /** Without a key, everything is allowed. */
  readonly key: SharedKey | undefined;
  readonly now: () => number;
  /** Called when a token has run out without having been renewed. */
  readonly onExpiry: () => void;
}

export function authorization({ key, now, onExpiry }: AuthorizationOptions): Authorization {
  /** By path: a renewal takes the place of the token before. */
  const grants = new Map<string, Grant>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function watchExpiry(): void {
    clearTimeout(timer);
    const nextMs = Math.min(...[...grants.values()].map(({ expiresMs }) => expiresMs));
    if (nextMs < Infinity) timer = setTimeout(expire, Math.min(nextMs - now(), LONGEST_WAIT_MS));
  }

  function expire(): void {
    let expired = false;
    for (const [path, { expiresMs }] of grants) {
      if (expiresMs <= now()) expired = grants.delete(path) || expired;
    }
    watchExpiry();
    if (expired) onExpiry();
  }

  return {
    putToken({ application_properties: properties = {}, body }) {
      if (properties["operation"] !== "put-token") {
        const error = badArgument(`The operation '${properties["operation"]}' is not supported.`);
        return { status: 400, ...error };
      }
      if (key === undefined) return { status: 202, description: "Accepted" };
      const grant = checkToken(String(body), key, now());
      if (typeof grant === "string") return { status: 401, ...unauthorized(grant) };
      grants.set(grant.path, grant);
      watchExpiry();
      return { status: 202, description: "Accepted" };
    },
    refusalOf(path) {
      if (key === undefined || [...grants.values()].some((grant) => covers(grant, path))) return undefined;
      return unauthorized(`Unauthorized access. 'Send' or 'Listen' claim is required on '${path}'.`);
    },
    stop: () => clearTimeout(timer),
  };
}
