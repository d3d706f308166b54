import type { Receiver } from "rhea";
import { amqpInt, amqpLong, amqpShort, setAttachProperties } from "./amqp_values.ts";
import { type AmqpError, badArgument } from "./errors.ts";
import type { Partition } from "./hub.ts";
import type { ProducerIdentity } from "./producer_ledger.ts";

const CAPABILITY = "com.microsoft:idempotent-producer";
const ID = "com.microsoft:producer-id";
const EPOCH = "com.microsoft:producer-epoch";
const SEQUENCE_NUMBER = "com.microsoft:producer-sequence-number";

/**
 * Makes a link's producer known to its partition, if it asks for that, and tells it who it is in the attach.
 *
 * @param partition undefined for a link to a whole hub, which can't be idempotent
 * @returns undefined when it didn't ask
 */
export function admitIdempotent(
  receiver: Receiver,
  partition: Partition | undefined,
): ProducerIdentity | { readonly refusal: AmqpError } | undefined {
  if (![receiver.desired_capabilities].flat().includes(CAPABILITY)) return undefined;
  if (partition === undefined) {
    return { refusal: badArgument("An idempotent producer must send to a partition, not to a whole hub.") };
  }
  const claimed = (name: string): number | undefined => {
    const value = Number(receiver.properties?.[name] ?? NaN);
    return Number.isInteger(value) ? value : undefined;
  };
  const claim = { id: claimed(ID), epoch: claimed(EPOCH), sequenceNumber: claimed(SEQUENCE_NUMBER) };
  const producer = partition.producers.admit(claim);
  if ("refusal" in producer) return producer;
  setAttachProperties(receiver, {
    [ID]: amqpLong(producer.id),
    [EPOCH]: amqpShort(producer.epoch),
    [SEQUENCE_NUMBER]: amqpInt(producer.sequenceNumber),
  });
  return producer;
}
