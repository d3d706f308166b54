import { Buffer } from "node:buffer";
import type { LogRecord, NewEvents, Place } from "./partition_log.ts";

/** A batch whose events have their places. */
export interface PlacedBatch {
  /** All messages one after the other, each with room for a header before it. */
  readonly bytes: Buffer;
  /** The events; their messages lie in `bytes`. */
  readonly records: readonly LogRecord[];
}

/**
 * Gives each event of a batch its place, and has it written there: one piece of memory a batch, not one an event.
 *
 * @param first the place of the first event
 * @param headerBytes room to leave before each message, which counts in offsets
 */
export function placeEvents(events: NewEvents, first: Place, headerBytes: number): PlacedBatch {
  const { enqueuedTimeMs } = first;
  const places: Place[] = [];
  const ends: number[] = [];
  let end = 0;
  for (let index = 0; index < events.count; index++) {
    const place = {
      sequenceNumber: first.sequenceNumber + index,
      offset: first.offset + end,
      enqueuedTimeMs,
    };
    places.push(place);
    end += headerBytes + events.bytesOf(index, place);
    ends.push(end);
  }
  const bytes = Buffer.allocUnsafeSlow(end);
  const records = places.map((place, index) => {
    const start = (ends[index - 1] ?? 0) + headerBytes;
    events.write(index, place, bytes, start);
    return { ...place, message: bytes.subarray(start, ends[index]!) };
  });
  return { bytes, records };
}
