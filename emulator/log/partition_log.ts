import type { Buffer } from "node:buffer";

/** The place an event got in its partition. */
export interface Place {
  readonly sequenceNumber: number;
  /** Grows with every event of a partition, but isn't dense. */
  readonly offset: number;
  /** Milliseconds since 1970; never less than the event's before. */
  readonly enqueuedTimeMs: number;
}

/** One event as it is kept: its place, and the whole message that receivers get. */
export interface LogRecord extends Place {
  readonly message: Buffer;
}

/** A batch on its way into the log: its events' bytes depend on the places they get. */
export interface NewEvents {
  readonly count: number;
  /** What the event at `index` takes, in bytes. */
  bytesOf(index: number, place: Place): number;
  /** Writes exactly those bytes into `target`, from `at` on. */
  write(index: number, place: Place, target: Buffer, at: number): void;
}

/** A place to start reading from. */
export type Position =
  | { readonly kind: "earliest" }
  | { readonly kind: "latest" }
  | {
    readonly kind: "offset" | "sequenceNumber" | "enqueuedTimeMs";
    readonly value: number;
    /** Whether an event exactly at `value` is read too. */
    readonly inclusive: boolean;
  };

/** How much one read may return: it ends at whichever limit comes first, but holds at least one event. */
export interface ReadLimits {
  readonly count: number;
  readonly bytes: number;
}

/**
 * The events of one partition, in order. Appending is the only change; old events may be dropped from the front.
 * Sequence numbers are dense: `beginSequenceNumber` is the oldest event kept, `nextSequenceNumber` the next one's.
 */
export interface PartitionLog {
  readonly beginSequenceNumber: number;
  readonly nextSequenceNumber: number;
  /** The place of the newest event ever appended, kept or dropped; undefined when there never was one. */
  readonly last: Place | undefined;
  /** What the kept events take, in bytes. */
  readonly sizeBytes: number;

  /**
   * Appends all events, or none, and resolves when they are kept as safely as the log promises. Only then can
   * they be read.
   *
   * @throws when the log can't take them (a full disk, a closed log); none of them is kept then
   */
  append(events: NewEvents): Promise<void>;

  /**
   * The events from `sequenceNumber` on, oldest first; empty at the end of the log. Starts with the oldest kept
   * event when older ones were asked for.
   */
  read(sequenceNumber: number, limits: ReadLimits): readonly LogRecord[];

  /**
   * The sequence number of the first event at a position.
   *
   * @returns undefined when the position lies beyond the log's end
   */
  find(position: Position): number | undefined;

  /**
   * Drops what is past its retention; also done with every append, but a partition may be idle.
   *
   * @throws when a file can't be deleted or begun; nothing is lost, and it may be tried again
   */
  dropExpired(): void;

  /** Calls `wake` after every append that can be read. Returns the function that stops it. */
  onAppend(wake: () => void): () => void;

  /** Ends the log; what was acknowledged stays. Appends after it are refused. */
  close(): Promise<void>;
}

/** The place before the first event, as Event Hubs tells it of an empty partition. */
export const NO_PLACE: Place = { sequenceNumber: -1, offset: -1, enqueuedTimeMs: 0 };
