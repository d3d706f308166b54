import type { Tick } from "#pipeline/tick.ts";

/** Where ticks come from: an exchange, a file, a simulation. */
export interface Source {
  /** The same as the ticks' own `source` where there is just one. */
  readonly name: string;
  /**
   * Ticks in the order in which they were observed. Ends when the source has no more, or soon after `signal` aborts
   * (then without an error).
   */
  ticks(signal: AbortSignal): AsyncIterable<Tick>;
}

/** Something worth a line in the log; `scripts/` decides where it goes. */
export type SourceLog = (event: string, fields: Record<string, unknown>) => void;
