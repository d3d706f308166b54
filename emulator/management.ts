import type { Authorization } from "./authorization.ts";
import { amqpInt, amqpLong, amqpStrings, amqpTimestamp, type DecodedMessage } from "./amqp_values.ts";
import { type Broker, findHub, findPartition } from "./broker.ts";
import { type AmqpError, badArgument } from "./errors.ts";
import type { Hub, Partition } from "./hub.ts";
import { NO_PLACE } from "./log/partition_log.ts";
import type { Reply } from "./request_node.ts";

/** Answers `$management`: READ of a hub (`com.microsoft:eventhub`) or of a partition (`com.microsoft:partition`). */
export function answerManagement(request: DecodedMessage, broker: Broker, rights: Authorization): Reply {
  const { operation, name, type, partition } = request.application_properties ?? {};
  if (operation !== "READ") {
    return refused(400, badArgument(`The operation '${operation}' is not supported.`));
  }
  const refusal = rights.refusalOf(`${name}/$management`);
  if (refusal !== undefined) return refused(401, refusal);
  const hub = findHub(broker, String(name));
  if ("refusal" in hub) return refused(404, hub.refusal);
  if (type === "com.microsoft:eventhub") return ok(describeHub(hub));
  if (type !== "com.microsoft:partition") {
    return refused(400, badArgument(`The entity type '${type}' is not known.`));
  }
  const found = findPartition(hub, String(partition));
  return "refusal" in found ? refused(400, found.refusal) : ok(describePartition(hub, found));
}

function describeHub(hub: Hub): Record<string, unknown> {
  return {
    name: hub.name,
    type: "com.microsoft:eventhub",
    created_at: amqpTimestamp(hub.createdOn.getTime()),
    partition_count: amqpInt(hub.partitions.length),
    partition_ids: amqpStrings(hub.partitions.map(({ id }) => id)),
    georeplication_factor: amqpInt(1),
  };
}

function describePartition(hub: Hub, { id, log }: Partition): Record<string, unknown> {
  const last = log.last ?? NO_PLACE;
  const isEmpty = log.nextSequenceNumber === log.beginSequenceNumber;
  return {
    name: hub.name,
    type: "com.microsoft:partition",
    partition: id,
    begin_sequence_number: amqpLong(log.last === undefined ? -1 : log.beginSequenceNumber),
    last_enqueued_sequence_number: amqpLong(last.sequenceNumber),
    last_enqueued_offset: String(last.offset),
    last_enqueued_time_utc: amqpTimestamp(last.enqueuedTimeMs),
    is_partition_empty: isEmpty,
  };
}

function ok(body: unknown): Reply {
  return { status: 200, description: "OK", body };
}

function refused(status: number, { condition, description }: AmqpError): Reply {
  return { status, description, condition };
}
