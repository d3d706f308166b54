import type { Buffer } from "node:buffer";
import { SECTION, sectionAt } from "./sections.ts";
import { contentOf, type Span, WireError } from "./values.ts";

/** Message format of an envelope whose data sections are whole messages (Event Hubs' and Service Bus's own). */
export const BATCH_FORMAT = 0x80013700;

/**
 * Where the messages of a batch envelope lie: each data section holds one whole encoded AMQP message.
 *
 * @returns one span a message, in the order sent
 * @throws {WireError} when the envelope is broken or its body isn't made of data sections
 */
export function splitBatch(bytes: Buffer): Span[] {
  const messages: Span[] = [];
  for (let at = 0; at < bytes.length;) {
    const section = sectionAt(bytes, at, bytes.length);
    if (section.code === SECTION.data) {
      const content = contentOf(bytes, section.value, section.end);
      if (content === undefined) throw new WireError(`a data section at ${at} holds no binary`);
      messages.push(content);
    } else if (section.code === SECTION.sequence || section.code === SECTION.value) {
      throw new WireError(`a batch's body must be data sections, not section ${section.code} at ${at}`);
    }
    at = section.end;
  }
  return messages;
}
