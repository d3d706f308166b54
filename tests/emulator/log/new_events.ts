import { Buffer } from "node:buffer";
import type { NewEvents, Place } from "#emulator/log/partition_log.ts";

/** A batch of texts, each perhaps made from the place it gets. */
export function newEvents(...texts: readonly (string | ((place: Place) => string))[]): NewEvents {
  const textAt = (index: number, place: Place) => {
    const text = texts[index]!;
    return typeof text === "string" ? text : text(place);
  };
  return {
    count: texts.length,
    bytesOf: (index, place) => Buffer.byteLength(textAt(index, place)),
    write: (index, place, target, at) => void target.write(textAt(index, place), at),
  };
}
