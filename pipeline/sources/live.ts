import type { Clock } from "./clock.ts";
import type { Gap, Reject, SourceLog } from "./source.ts";

/** What every live source may be told; all has defaults. */
export interface LiveOptions {
  readonly log?: SourceLog;
  /** Called for each gap, once it is known what came of it. */
  readonly onGap?: (gap: Gap) => void;
  /** Called for each message that was not as documented. */
  readonly onReject?: (reject: Reject) => void;
  /** Our own clock, milliseconds since the epoch. */
  readonly now?: () => number;
  /** What silence and pauses are measured on. */
  readonly clock?: Clock;
  /** From 0 to 1, as `Math.random`. */
  readonly random?: () => number;
  readonly fetch?: typeof fetch;
  readonly WebSocket?: typeof WebSocket;
}
