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
  return fatal.has(innermost(error).code ?? "");
}

/** The same error in one line, with the way to mend it. Never contains a key: only host and names. */
export function explain(error: unknown, { host, hub, consumerGroup }: HubPlace): Error {
  const { code, name, message = String(error), port } = innermost(error);
  const at = port === undefined ? host : `${host}:${port}`;
  const advice = () => {
    if (code === "MessagingEntityNotFoundError") {
      return `has no hub "${hub}" or no consumer group "${consumerGroup}": check EVENT_HUB_NAME and CONSUMER_GROUP`;
    }
    if (code === "UnauthorizedError") {
      return "refuses the credentials: check the key, or the role (Azure Event Hubs Data Sender or Data Receiver)";
    }
    if (/Credential|Authentication/.test(name ?? "")) {
      return `needs an identity, and none works (${message.split("\n")[0]}): check AZURE_TENANT_ID, ` +
        "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or set EVENT_HUB_CONNECTION_STRING";
    }
    if (code === "ECONNREFUSED") {
      return /^(localhost|127\.|\[?::1)/.test(host)
        ? "can't be reached: start it with `deno task local` in another terminal, or set EVENT_HUB_NAMESPACE"
        : "refuses connections: check the host and the port";
    }
    if (code === "ENOTFOUND") {
      return "is not a known host: check EVENT_HUB_NAMESPACE, or the Endpoint of EVENT_HUB_CONNECTION_STRING";
    }
    return `can't be used: ${message.split("\n")[0]}`;
  };
  return new Error(`Event Hubs at ${at} ${advice()}`, { cause: error });
}

interface SdkError {
  readonly code?: string;
  readonly name?: string;
  readonly message?: string;
  readonly port?: number;
}

/** The SDK wraps what happened into the errors of its own attempts. */
function innermost(error: unknown): SdkError {
  const { errors, cause } = error as { errors?: readonly unknown[]; cause?: unknown };
  if (error instanceof AggregateError && errors?.length) return innermost(errors[0]);
  const { code } = error as SdkError;
  return code === undefined && cause instanceof Error ? innermost(cause) : error as SdkError;
}
