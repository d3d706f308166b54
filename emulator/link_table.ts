import type { Receiver, Sender, Session } from "rhea";
import { type Address, parseAddress, pathOf } from "./address.ts";
import { attachConsumer } from "./attach_consumer.ts";
import { attachProducer } from "./attach_producer.ts";
import { authorization } from "./authorization.ts";
import type { Broker } from "./broker.ts";
import { type AmqpError, limitExceeded, notFound } from "./errors.ts";
import type { FrameStream } from "./frame_stream.ts";
import { intake } from "./intake.ts";
import { answerManagement } from "./management.ts";
import { requestNode } from "./request_node.ts";
import type { Attached, Link, ServedLink } from "./served_link.ts";

/** Links of one connection, $cbs and $management included. */
const MOST_LINKS = 1000;
/** Refused links that a client may leave undetached before it is cut off. */
const MOST_REFUSED = 2000;

/** The links of one connection. */
export interface LinkTable {
  /** A client's receiver has attached: the broker's end sends. */
  openSender(sender: Sender): void;
  /** A client's sender has attached: the broker's end receives. */
  openReceiver(receiver: Receiver): void;
  /** The client has detached a link. */
  drop(link: Link): void;
  /** The client has ended a session, which detaches its links without saying so. */
  dropSession(session: Session | undefined): void;
  /** Has every link look again for something to send. */
  wake(): void;
  /** Detaches every link with a reason. */
  closeAll(reason: AmqpError): void;
  /** The connection is gone. */
  stop(): void;
}

/** A table that serves each link by its address, or refuses it with the reason in its detach. */
export function linkTable(broker: Broker, stream: FrameStream): LinkTable {
  const refused = new Set<Link>();
  const pending = intake(stream);
  const served = new Map<Link, ServedLink>();
  const unsubscribe = broker.faults.onEnd(wake);
  const rights = authorization({ key: broker.key, now: broker.now, onExpiry: endUnauthorized });
  const nodes = {
    cbs: requestNode((request) => rights.putToken(request)),
    management: requestNode((request) => answerManagement(request, broker, rights)),
  };

  /** `$cbs` must be open to all, and `$management` checks each request's hub. */
  function refusalOf(named: Address): AmqpError | undefined {
    return "hub" in named ? rights.refusalOf(pathOf(named)) : undefined;
  }

  function serve(link: Link, address: string, attach: (named: Address) => Attached): void {
    const named = parseAddress(address);
    const refusal = named === undefined ? notFound(address) : full() ?? refusalOf(named) ?? strike(named);
    const attached = refusal === undefined ? attach(named!) : { refusal };
    if (!("refusal" in attached)) return void served.set(link, attached);
    broker.log("link.refused", { address, ...attached.refusal });
    link.close(attached.refusal);
    // rhea keeps a refused link until its client detaches it, which a hostile one never does.
    if (refused.add(link).size > MOST_REFUSED) stream.destroy();
  }

  function attachSender(sender: Sender, address: string, named: Address): Attached {
    switch (named.kind) {
      case "cbs":
      case "management":
        return nodes[named.kind].serveReplies(sender);
      case "consumer":
        return attachConsumer(sender, named, {
          broker,
          backlogBytes: () => stream.backlogBytes,
          end: (reason) => end(sender, reason),
        });
      case "producer":
        return { refusal: notFound(address) };
    }
  }

  function attachReceiver(receiver: Receiver, address: string, named: Address): Attached {
    switch (named.kind) {
      case "cbs":
      case "management":
        return nodes[named.kind].serveRequests(receiver);
      case "producer":
        return attachProducer(receiver, named, { broker, pending, cut: stream.destroy });
      case "consumer":
        return { refusal: notFound(address) };
    }
  }

  function full(): AmqpError | undefined {
    return served.size < MOST_LINKS ? undefined : limitExceeded(`A connection may have ${MOST_LINKS} links.`);
  }

  function strike(named: Address): AmqpError | undefined {
    if (!("hub" in named)) return undefined;
    const fault = broker.faults.strike("refuse", named);
    return fault && { condition: fault.condition, description: fault.description ?? "Refused on purpose." };
  }

  function endUnauthorized(): void {
    for (const link of served.keys()) {
      const named = parseAddress((link.is_sender() ? link.source?.address : link.target?.address) ?? "");
      const refusal = named && refusalOf(named);
      if (refusal !== undefined) end(link, refusal);
    }
  }

  function drop(link: Link): void {
    served.get(link)?.drop();
    served.delete(link);
    refused.delete(link);
  }

  function end(link: Link, reason: AmqpError): void {
    drop(link);
    link.close(reason);
  }

  function wake(): void {
    for (const link of served.values()) link.wake?.();
  }

  return {
    openSender(sender) {
      const address = sender.source?.address ?? "";
      sender.set_source({ address, filter: sender.source?.filter });
      sender.set_target({ address: sender.target?.address });
      serve(sender, address, (named) => attachSender(sender, address, named));
    },
    openReceiver(receiver) {
      const address = receiver.target?.address ?? "";
      receiver.set_source({ address: receiver.source?.address });
      receiver.set_target({ address });
      serve(receiver, address, (named) => attachReceiver(receiver, address, named));
    },
    drop,
    dropSession(session) {
      for (const link of [...served.keys(), ...refused]) if (link.session === session) drop(link);
    },
    wake,
    closeAll(reason) {
      for (const link of served.keys()) end(link, reason);
    },
    stop() {
      rights.stop();
      unsubscribe();
      for (const link of served.keys()) drop(link);
    },
  };
}
