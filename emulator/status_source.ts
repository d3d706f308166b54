import { decodeMessage } from "./amqp_values.ts";
import { type Broker, findHub, findPartition } from "./broker.ts";
import type { Hub, Partition } from "./hub.ts";
import type { LogRecord } from "./log/partition_log.ts";
import type { EventView, HubStatus, PartitionStatus, StatusSource } from "./status/status.ts";

/** A body is shown up to here. */
const MOST_CHARACTERS = 2000;
const MOST_BYTES = 4_194_304;

/** What the status page may see of a broker: numbers, names and events, but no keys. */
export function statusSource(broker: Broker): StatusSource {
  return {
    status: () => ({ hubs: [...broker.hubs.values()].map(describeHub) }),
    events(hubName, id, from, count) {
      const hub = findHub(broker, hubName);
      if ("refusal" in hub) return undefined;
      const partition = findPartition(hub, id);
      if ("refusal" in partition) return undefined;
      return partition.log.read(from, { count, bytes: MOST_BYTES }).map(describeEvent);
    },
  };
}

function describeHub({ name, createdOn, partitions }: Hub): HubStatus {
  return { name, createdOn, partitions: partitions.map(describePartition) };
}

function describePartition({ id, log, readers }: Partition): PartitionStatus {
  const { beginSequenceNumber, nextSequenceNumber, sizeBytes, last } = log;
  return {
    id,
    beginSequenceNumber,
    nextSequenceNumber,
    sizeBytes,
    lastEnqueued: last && new Date(last.enqueuedTimeMs),
    readers: [...readers].flatMap(([group, table]) =>
      [...table.readers].map(({ name, epoch, position }) => ({ group, name, epoch, position: position() }))
    ),
  };
}

function describeEvent({ sequenceNumber, offset, enqueuedTimeMs, message }: LogRecord): EventView {
  const place = { sequenceNumber, offset, enqueued: new Date(enqueuedTimeMs) };
  try {
    const { message_annotations, application_properties, body } = decodeMessage(message);
    const key = message_annotations?.["x-opt-partition-key"];
    return {
      ...place,
      partitionKey: key === undefined ? undefined : String(key),
      properties: JSON.stringify(application_properties ?? {}),
      body: describeBody(body),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...place, partitionKey: undefined, properties: "", body: `(can't be decoded: ${reason})` };
  }
}

/** A data section's bytes as text where they are text, everything else as JSON. */
function describeBody(body: unknown): string {
  const content = typeof body === "object" && body !== null && "content" in body ? body.content : body;
  const text = content instanceof Uint8Array ? textOf(content) : JSON.stringify(content);
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)`
    : text;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return `(${bytes.length} bytes) ${bytes.subarray(0, 64).toHex()}`;
  }
}
