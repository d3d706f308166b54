import type { Log } from "./hub.ts";
import type { Intake } from "./intake.ts";

/** What the watch goes by. */
export interface StallOptions {
  /** How long a partition may stand still while the hub has more. */
  readonly stallMs: number;
  readonly log: Log;
  /** A steady clock, milliseconds. */
  readonly now?: () => number;
}

/**
 * Watches for partitions that stand still although the hub has more, and logs `receive.stalled` for each. Given the
 * hub's last sequence number, it tells whether the hub is to blame, so that receiving anew may mend it: an intake that
 * is busy waits for the store, which it asks again and again by itself.
 */
export function stallWatch({ stallMs, log, now = () => performance.now() }: StallOptions) {
  const marks = new Map<string, { readonly position: number; readonly atMs: number }>();
  return (partition: string, { position, busy }: Pick<Intake, "position" | "busy">, end: number): boolean => {
    const mark = marks.get(partition);
    if (mark === undefined || mark.position !== position || end <= position) {
      marks.set(partition, { position, atMs: now() });
      return false;
    }
    const stalledMs = Math.round(now() - mark.atMs);
    if (stalledMs < stallMs) return false;
    log("receive.stalled", { partition, position, end, stalledMs, waitsFor: busy ? "store" : "hub" });
    return !busy;
  };
}
