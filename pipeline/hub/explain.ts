/** Where the error came from. */
export interface HubPlace {
  readonly host: string;
  readonly hub: string;
  readonly consumerGroup: string;
}

/** Errors of the SDK that waiting won't mend, by their `code`. */
const fatal = new Set([
  "MessagingEntityNotFoundError",
  "UnauthorizedError",
  "ArgumentError",
  "ArgumentOutOfRangeError",
]);

/** True when trying again can't help: a person has to change something. */
export function isFatal(error: unknown): boolean {
  return fatal.has(codeOf(error));
}

/** The same error in one line, with the way to mend it. Never contains a key: only host and names. */
export function explain(error: unknown, { host, hub, consumerGroup }: HubPlace): Error {
  const advice = () => {
    switch (codeOf(error)) {
      case "MessagingEntityNotFoundError":
        return `has no hub "${hub}" or no consumer group "${consumerGroup}": check EVENT_HUB_NAME and CONSUMER_GROUP`;
      case "UnauthorizedError":
        return `refuses the credentials: check the key, or the role (Azure Event Hubs Data Sender or Receiver)`;
      case "ECONNREFUSED":
        return isLoopback(host)
          ? "has no emulator listening: start one with `deno task local` in another terminal, or set EVENT_HUB_NAMESPACE"
          : "refuses connections: check the host and the port";
      case "ENOTFOUND":
        return "is not a known host: check EVENT_HUB_NAMESPACE, or the Endpoint of EVENT_HUB_CONNECTION_STRING";
      default:
        return `can't be used: ${firstLine(error)}`;
    }
  };
  return new Error(`Event Hubs at ${host} ${advice()}`, { cause: error });
}

function codeOf(error: unknown): string {
  for (let at = error as { code?: unknown; cause?: unknown } | undefined; at; at = at.cause as typeof at) {
    if (typeof at.code === "string") return at.code;
  }
  return "";
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.|\[?::1)/.test(host);
}
