import type { Buffer } from "node:buffer";
import { byteAt, skipValue, WireError } from "./values.ts";

/** The sections of an AMQP 1.0 message, by the descriptor that opens them (OASIS AMQP 1.0, part 3, section 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** One section of a message: its descriptor's code, and where its bytes are. */
export interface Section {
  readonly code: number;
  /** Where the descriptor starts. */
  readonly start: number;
  /** Where the described value starts. */
  readonly value: number;
  readonly end: number;
}

/**
 * The section that starts at `at`.
 *
 * @throws {WireError} when there is none, or it reaches past `limit`
 */
export function sectionAt(bytes: Buffer, at: number, limit: number): Section {
  if (byteAt(bytes, at, limit) !== 0x00) throw new WireError(`no section starts at ${at}`);
  const descriptor = byteAt(bytes, at + 1, limit);
  const value = skipValue(bytes, at + 1, limit);
  if (descriptor !== 0x53 && descriptor !== 0x80) {
    throw new WireError(`a section at ${at} is described by a value of type ${descriptor}, not by a ulong`);
  }
  const code = bytes[value - 1]!;
  if (code < SECTION.header || code > SECTION.footer) throw new WireError(`unknown section ${code} at ${at}`);
  return { code, start: at, value, end: skipValue(bytes, value, limit) };
}
