import type { Position } from "./log/partition_log.ts";

const FILTER = /^amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*'([^']*)'$/;
const KINDS = {
  "offset": "offset",
  "sequence-number": "sequenceNumber",
  "enqueued-time": "enqueuedTimeMs",
} as const;

/**
 * Reads a receiver's selector, `amqp.annotation.x-opt-<annotation> > '<value>'` or `>=`: offsets (`-1` is the earliest
 * event, `@latest` the end), sequence numbers, or enqueued times in ms since 1970.
 *
 * @param filter undefined means the earliest event
 * @returns undefined when the selector is another one
 */
export function parsePosition(filter: string | undefined): Position | undefined {
  if (filter === undefined) return { kind: "earliest" };
  const [, annotation, operator, value] = FILTER.exec(filter.trim()) ?? [];
  if (annotation === undefined || value === undefined) return undefined;
  if (annotation === "offset" && value === "-1") return { kind: "earliest" };
  if (annotation === "offset" && value === "@latest") return { kind: "latest" };
  if (!/^-?\d{1,15}$/.test(value)) return undefined;
  return {
    kind: KINDS[annotation as keyof typeof KINDS],
    value: Number(value),
    inclusive: operator === ">=",
  };
}
