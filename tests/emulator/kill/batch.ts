import type { Buffer } from "node:buffer";
import rhea from "rhea";

/** One batch message whose events are the numbers from `first` on. */
export function numbered(first: number, count: number): Buffer {
  const events = Array.from({ length: count }, (_, index) => rhea.message.encode({ body: first + index }));
  return rhea.message.encode({ body: rhea.message.data_sections(events) });
}
