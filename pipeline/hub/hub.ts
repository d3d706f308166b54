/** An event on its way into the hub. */
export interface OutgoingEvent {
  /** Events with the same key land in the same partition, in the order in which they were sent. */
  readonly partitionKey: string;
  readonly body: Uint8Array;
}

/** An event as the hub stored it. */
export interface HubEvent {
  readonly body: Uint8Array;
  readonly sequenceNumber: number;
  /** Where the hub finds it again; the hub's own notation. */
  readonly offset: string;
  /** When the hub accepted it: ISO 8601, UTC, milliseconds. */
  readonly enqueuedAt: string;
}

/** Consecutive events of one partition, never empty. */
export interface HubBatch {
  readonly partition: number;
  /** Which life of the hub they came from; a hub made anew starts another one. */
  readonly generation: string;
  /** Sequence number of the first event. */
  readonly first: number;
  /** Sequence number of the last event. */
  readonly last: number;
  readonly events: readonly HubEvent[];
}

/**
 * Returning means *stored*; throwing means *deliver again*. There is no commit to forget. An error's `retryAfterMs` is
 * the least pause before that.
 */
export type HandleBatch = (batch: HubBatch, signal: AbortSignal) => Promise<void>;

/** When a batch is handed over: at the first of the three. */
export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
  readonly ageMs: number;
}

/** How to receive. */
export interface ReceiveOptions {
  readonly limits: BatchLimits;
  /** Stop at the end that the hub had when receiving began, instead of going on until the signal. */
  readonly once: boolean;
}

/** How far a partition and its receiver are. Sequence numbers; -1 where there is none. */
export interface HubPartition {
  readonly partition: number;
  readonly generation: string;
  /** The first event that the hub still has; one past `last` when it has none. */
  readonly first: number;
  /** The last event that the hub ever took. */
  readonly last: number;
  /** The last event that is known to be stored. */
  readonly checkpoint: number;
  /** Who receives it, by the name in that receiver's log; `null` when nobody does. */
  readonly owner: string | null;
}

/** Event Hubs, or something that keeps its promises: at least once, in order within a partition. */
export interface Hub extends AsyncDisposable {
  /**
   * Returns when the hub has accepted every event; keeps their order within a partition key. An error's `retryable` says
   * that asking again may help.
   */
  send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<void>;
  /**
   * Hands over batches from where the consumer group stopped last, from the earliest event at first: one at a time
   * per partition, several partitions at once. A batch whose handler throws comes again, after a growing pause. When
   * `signal` aborts, what was taken in is handed over, and then it returns.
   */
  receive(handle: HandleBatch, options: ReceiveOptions, signal: AbortSignal): Promise<void>;
  /** Every partition as it is now, in the order of their numbers. */
  partitions(): Promise<HubPartition[]>;
}

/** Something worth a line in the log; `scripts/` decides where it goes. */
export type Log = (event: string, fields: Record<string, unknown>) => void;
