import type { Receiver } from "rhea";
import type { Address } from "./address.ts";
import { type Broker, findHub, findPartition } from "./broker.ts";
import { admitIdempotent } from "./idempotent.ts";
import type { Intake } from "./intake.ts";
import { serveProducer } from "./producer_link.ts";
import type { Attached } from "./served_link.ts";

/** What a producer link needs of its connection. */
export interface ProducerContext {
  readonly broker: Broker;
  /** What the connection has on its way into the log. */
  readonly pending: Intake;
  /** Cuts the connection. */
  readonly cut: () => void;
}

/** Lets a client's sender in, to a hub or to one of its partitions. */
export function attachProducer(
  receiver: Receiver,
  { hub: hubName, partition: id }: Address & { kind: "producer" },
  { broker, pending, cut }: ProducerContext,
): Attached {
  const hub = findHub(broker, hubName);
  if ("refusal" in hub) return hub;
  const partition = id === undefined ? undefined : findPartition(hub, id);
  if (partition && "refusal" in partition) return partition;
  const producer = admitIdempotent(receiver, partition);
  if (producer && "refusal" in producer) return producer;
  const { maxMessageBytes, faults } = broker;
  serveProducer(receiver, { hub, partition, producer, maxMessageBytes, faults, pending, cut });
  return { drop() {} };
}
