/** What the status page shows of an emulator at one moment. */
export interface Status {
  readonly hubs: readonly HubStatus[];
}

export interface HubStatus {
  readonly name: string;
  readonly createdOn: Date;
  readonly partitions: readonly PartitionStatus[];
}

export interface PartitionStatus {
  readonly id: string;
  readonly beginSequenceNumber: number;
  readonly nextSequenceNumber: number;
  readonly sizeBytes: number;
  /** When the newest event came; undefined when there never was one. */
  readonly lastEnqueued: Date | undefined;
  readonly readers: readonly ReaderStatus[];
}

export interface ReaderStatus {
  readonly group: string;
  readonly name: string;
  /** The owner level; undefined for readers that share. */
  readonly epoch: number | undefined;
  /** The sequence number that is sent next. */
  readonly position: number;
}

/** One stored event, in words. */
export interface EventView {
  readonly sequenceNumber: number;
  readonly offset: number;
  readonly enqueued: Date;
  readonly partitionKey: string | undefined;
  /** Application properties, as JSON. */
  readonly properties: string;
  readonly body: string;
}

/** Where the status page gets what it shows. */
export interface StatusSource {
  status(): Status;
  /**
   * Stored events from a sequence number on.
   *
   * @returns undefined when there is no such hub or partition
   */
  events(hub: string, partition: string, from: number, count: number): readonly EventView[] | undefined;
}
