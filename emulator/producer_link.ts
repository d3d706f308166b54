import type { Receiver } from "rhea";
import { type Incoming, onMessage } from "./amqp_incoming.ts";
import { type AmqpError, internalError, limitExceeded, serverBusy, tooLarge, undecodable } from "./errors.ts";
import type { FaultBoard } from "./fault_board.ts";
import type { Hub, Partition } from "./hub.ts";
import type { Intake } from "./intake.ts";
import type { NewEvents } from "./log/partition_log.ts";
import type { ProducerIdentity } from "./producer_ledger.ts";
import { splitBatch } from "./wire/batch.ts";
import { type Envelope, parseEvent, readEnvelope, type SentEvent } from "./wire/event.ts";
import { stampedBytes, stampEvent } from "./wire/stamp.ts";
import { WireError } from "./wire/values.ts";

/** Batches a producer may have under way. The SDK waits a whole second when it finds none left. */
const CREDIT = 2000;

/** Where a producer link's events go. */
export interface ProducerTarget {
  readonly hub: Hub;
  /** Set when the link's address named a partition; otherwise each batch finds its own. */
  readonly partition: Partition | undefined;
  /** Set when the producer is idempotent, which takes a partition. */
  readonly producer: ProducerIdentity | undefined;
  readonly maxMessageBytes: number;
  readonly faults: FaultBoard;
  /** What the connection has on its way into the log. */
  readonly pending: Intake;
  /** Cuts the connection. */
  readonly cut: () => void;
}

/** Serves a client that sends events: each message is appended whole to one partition, then accepted. */
export function serveProducer(receiver: Receiver, target: ProducerTarget): void {
  let spent = 0;
  onMessage(receiver, async (message) => {
    const end = target.pending.begin(message.bytes.length);
    const refusal = await take(message, target);
    end();
    if (refusal === undefined) message.accept();
    else message.reject(refusal);
    if (++spent < CREDIT / 4) return;
    receiver.add_credit(spent);
    spent = 0;
  });
  receiver.add_credit(CREDIT);
}

/** Appends a message's events. @returns why it can't be, or undefined */
async function take(message: Incoming, target: ProducerTarget): Promise<AmqpError | undefined> {
  if (message.refusal !== undefined) return message.refusal;
  if (message.bytes.length > target.maxMessageBytes) return tooLarge(target.maxMessageBytes);
  try {
    return await store(readMessage(message), target);
  } catch (error) {
    if (error instanceof WireError) return undecodable(error.message);
    const description = error instanceof Error ? error.message : String(error);
    return isDiskFull(error) ? limitExceeded(description) : internalError(description);
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

async function store(batch: Batch, target: ProducerTarget): Promise<AmqpError | undefined> {
  const { hub, faults, cut } = target;
  if (batch.events.length === 0) return undefined;
  const partition = target.partition ?? hub.route(batch.partitionKey);
  const place = { hub: hub.name, partition: partition.id };
  await faults.delay(place);
  if (faults.strike("throttle", place)) return serverBusy();
  if (faults.strike("diskFull", place)) return limitExceeded("No space is left on the disk.");
  if (faults.strike("dropBeforeStore", place)) {
    cut();
    return undefined;
  }
  const refusal = await appendOnce(batch, partition, target.producer);
  if (faults.strike("dropBeforeAcknowledge", place)) cut();
  return refusal;
}

/** Appends a batch, unless its idempotent producer has sent it before. */
async function appendOnce(
  batch: Batch,
  { log, producers }: Partition,
  producer: ProducerIdentity | undefined,
): Promise<AmqpError | undefined> {
  const { events: { length: count }, producerSequenceNumber: first } = batch;
  const append = () => log.append(stamped(batch));
  if (producer !== undefined && first !== undefined) {
    return await producers.store({ producer, first, count }, append);
  }
  await append();
  return undefined;
}

/** The batch as the log wants it: stamped with the places it gives. */
function stamped({ events, partitionKey }: Batch): NewEvents {
  return {
    count: events.length,
    bytesOf: (index, place) => stampedBytes(events[index]!, place, partitionKey),
    write: (index, place, target, at) => stampEvent(events[index]!, place, partitionKey, target, at),
  };
}

interface Batch extends Envelope {
  readonly events: readonly SentEvent[];
}

function readMessage({ bytes, isBatch }: Incoming): Batch {
  const spans = isBatch ? splitBatch(bytes) : [{ start: 0, end: bytes.length }];
  const events = spans.map((span) => parseEvent(bytes, span));
  const envelope = readEnvelope(bytes);
  const [first] = events;
  return {
    events,
    // One batch goes to one partition, so the key that counts is the envelope's.
    partitionKey: envelope.partitionKey ?? first?.partitionKey,
    producerSequenceNumber: envelope.producerSequenceNumber ?? first?.producerSequenceNumber,
  };
}
