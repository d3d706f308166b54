import type { Receiver, Sender } from "rhea";
import { onMessage } from "./amqp_incoming.ts";
import { roomOf } from "./amqp_outgoing.ts";
import { amqpInt, type DecodedMessage, decodeMessage } from "./amqp_values.ts";
import { undecodable } from "./errors.ts";
import type { ServedLink } from "./served_link.ts";

const CREDIT = 100;
/** Replies held for a client that gives no credit; the oldest are dropped after that. */
const MOST_HELD = 100;

/** What a node answers: an HTTP-like status, and a body or the reason there is none. */
export interface Reply {
  readonly status: number;
  readonly description: string;
  /** An AMQP error condition, for statuses of 400 and above. */
  readonly condition?: string;
  readonly body?: unknown;
}

/** A node that clients ask and that answers (`$cbs`, `$management`), as one connection sees it. */
export interface RequestNode {
  /** Takes requests from a client's sender. */
  serveRequests(receiver: Receiver): ServedLink;
  /** Sends replies to a client's receiver. */
  serveReplies(sender: Sender): ServedLink;
}

/** A node whose replies find their way by link name or target address: the SDKs put either into `reply_to`. */
export function requestNode(answer: (request: DecodedMessage) => Reply): RequestNode {
  const replyLinks = new Map<Sender, unknown[]>();

  function reply(request: DecodedMessage, { status, description, condition, body }: Reply): void {
    const to = request.reply_to;
    const link = [...replyLinks.keys()].find(({ name, target }) => name === to || target?.address === to);
    const held = link && replyLinks.get(link);
    if (!held) return;
    held.push({
      correlation_id: request.message_id,
      application_properties: {
        "status-code": amqpInt(status),
        "status-description": description,
        ...(condition === undefined ? {} : { "error-condition": condition }),
      },
      body: body ?? "",
    });
    if (held.length > MOST_HELD) held.shift();
    flush(link, held);
  }

  return {
    serveRequests(receiver) {
      onMessage(receiver, (message) => {
        try {
          const request = decodeMessage(message.bytes);
          message.accept();
          reply(request, answer(request));
        } catch (error) {
          message.reject(undecodable(error instanceof Error ? error.message : String(error)));
        }
        receiver.add_credit(1);
      });
      receiver.add_credit(CREDIT);
      return { drop() {} };
    },
    serveReplies(sender) {
      const held: unknown[] = [];
      replyLinks.set(sender, held);
      sender.on("sender_flow", () => flush(sender, held));
      return { drop: () => void replyLinks.delete(sender) };
    },
  };
}

function flush(link: Sender, held: unknown[]): void {
  for (let { messages } = roomOf(link); messages > 0 && held.length > 0; messages--) {
    link.send(held.shift() as Parameters<Sender["send"]>[0]);
  }
}
