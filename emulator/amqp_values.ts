import type { Buffer } from "node:buffer";
import type { Receiver, Sender } from "rhea";
import { rhea } from "./rhea.ts";
import { checkValue } from "./wire/check.ts";

/** A decoded message, so far as `$cbs`, `$management` and the status page look. */
export interface DecodedMessage {
  readonly message_id?: string | number | Buffer;
  readonly reply_to?: string;
  readonly message_annotations?: Readonly<Record<string, unknown>>;
  readonly application_properties?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Decodes a message, once it is known to be well-formed. @throws {WireError} on broken bytes */
export function decodeMessage(bytes: Buffer): DecodedMessage {
  for (let at = 0; at < bytes.length;) at = checkValue(bytes, at, bytes.length);
  return rhea.message.decode(bytes) as DecodedMessage;
}

/** AMQP's number types for replies; a plain number would be sent as whatever is smallest. */
export const amqpInt = (value: number): unknown => rhea.types.wrap_int(value);
export const amqpShort = (value: number): unknown => rhea.types.wrap_short(value);
export const amqpLong = (value: number): unknown => rhea.types.wrap_long(value);
export const amqpTimestamp = (timeMs: number): unknown => rhea.types.wrap_timestamp(timeMs);
export const amqpStrings = (values: readonly string[]): unknown =>
  rhea.types.wrap_array([...values], 0xa1, undefined as never);

/** Fills in the properties of the attach that answers a client's; call it while the link opens. */
export function setAttachProperties(
  link: Sender | Receiver,
  properties: Readonly<Record<string, unknown>>,
): void {
  (link as unknown as { local: { attach: { properties: unknown } } }).local.attach.properties = properties;
}
