import type { Request } from "./amqp_values.ts";
import { badArgument } from "./errors.ts";
import type { Reply } from "./request_node.ts";

/** Answers `$cbs`: put-token. Without a configured key every token will do. */
export function answerCbs(request: Request): Reply {
  const { operation } = request.application_properties ?? {};
  if (operation !== "put-token") {
    const { condition, description } = badArgument(`The operation '${operation}' is not supported.`);
    return { status: 400, description, condition };
  }
  return { status: 202, description: "Accepted" };
}
