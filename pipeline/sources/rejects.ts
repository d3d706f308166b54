import { ShapeError } from "./fields.ts";
import type { Reject, SourceLog } from "./source.ts";

/** Keeps account of messages that were not as documented: every one is told of, the first of a kind is logged. */
export interface Rejects {
  /** @throws the error itself where it says nothing about a message's shape. */
  add(error: unknown, raw: string): void;
}

/** So many characters of a message are kept. */
const rawLength = 4_096;

/** The log gets one line a kind, and `onReject` every one. */
export function rejects(
  source: string,
  { log, onReject, now }: {
    readonly log: SourceLog;
    readonly onReject: (reject: Reject) => void;
    readonly now: () => number;
  },
): Rejects {
  const known = new Set<string>();
  return {
    add(error, raw) {
      if (!(error instanceof ShapeError)) throw error;
      const kind = `${error.messageKind}.${error.field}`;
      if (!known.has(kind)) {
        known.add(kind);
        log("source.refused", { source, kind, reason: error.message });
      }
      const received_at = new Date(now()).toISOString();
      onReject({ source, kind, reason: error.message, raw: raw.slice(0, rawLength), received_at });
    },
  };
}
