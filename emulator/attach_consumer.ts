import type { Sender } from "rhea";
import type { Address } from "./address.ts";
import { type Broker, findHub, findPartition } from "./broker.ts";
import { serveConsumer } from "./consumer_link.ts";
import { type AmqpError, badArgument, internalError, notFound } from "./errors.ts";
import type { PartitionLog } from "./log/partition_log.ts";
import { parsePosition } from "./position.ts";
import type { Attached } from "./served_link.ts";

/** What a consumer link needs of its connection. */
export interface ConsumerContext {
  readonly broker: Broker;
  /** What the connection has yet to write. */
  readonly backlogBytes: () => number;
  /** Detaches the link: another reader took the partition, or its log failed. */
  readonly end: (reason: AmqpError) => void;
}

/** Lets a client's receiver in, from the position in its filter, if the rules of ownership allow it. */
export function attachConsumer(
  sender: Sender,
  { hub: hubName, group, partition: id }: Address & { kind: "consumer" },
  { broker, backlogBytes, end }: ConsumerContext,
): Attached {
  const hub = findHub(broker, hubName);
  if ("refusal" in hub) return hub;
  if (!hub.hasGroup(group)) return { refusal: notFound(`${hub.name}/ConsumerGroups/${group}`) };
  const partition = findPartition(hub, id);
  if ("refusal" in partition) return partition;
  const start = findStart(partition.log, filterOf(sender));
  if (typeof start !== "number") return start;
  const link = serveConsumer(sender, {
    log: partition.log,
    sequenceNumber: start,
    isHeld: () => broker.faults.strike("freeze", { hub: hub.name, partition: id }) !== undefined,
    runtimeMetrics: wantsRuntimeMetrics(sender),
    now: broker.now,
    backlogBytes,
    onFailure: (error) => end(internalError(error instanceof Error ? error.message : String(error))),
  });
  const table = partition.readersOf(group);
  const reader = { name: readerName(sender), epoch: epochOf(sender), position: () => link.position, end };
  const drop = () => {
    link.stop();
    table.remove(reader);
    partition.releaseGroup(group);
  };
  const refusal = table.admit(reader);
  if (refusal === undefined) return { wake: link.wake, drop };
  drop();
  return { refusal };
}

function findStart(log: PartitionLog, filter: string | undefined): number | { readonly refusal: AmqpError } {
  const position = parsePosition(filter);
  if (position === undefined) {
    return { refusal: badArgument(`The filter '${filter}' is no start position.`) };
  }
  return log.find(position) ?? {
    refusal: badArgument(
      `The start position ${filter} lies beyond the end of the partition, whose last event has the sequence number ` +
        `'${log.last?.sequenceNumber ?? -1}' and the offset '${log.last?.offset ?? -1}'.`,
    ),
  };
}

function filterOf(sender: Sender): string | undefined {
  const filter = sender.source?.filter?.["apache.org:selector-filter:string"];
  return filter === undefined || filter === null ? undefined : String(filter);
}

function readerName(sender: Sender): string {
  return String(sender.properties?.["com.microsoft:receiver-name"] ?? sender.name);
}

function epochOf(sender: Sender): number | undefined {
  const epoch = Number(sender.properties?.["com.microsoft:epoch"] ?? NaN);
  return Number.isInteger(epoch) ? epoch : undefined;
}

function wantsRuntimeMetrics({ desired_capabilities: wanted }: Sender): boolean {
  return [wanted].flat().includes("com.microsoft:enable-receiver-runtime-metric");
}
