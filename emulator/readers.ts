import { type AmqpError, limitExceeded, stolen } from "./errors.ts";

/** How many readers without an owner level may share a partition of a consumer group. */
const MOST_READERS = 5;

/** One receiver of a partition. */
export interface Reader {
  readonly name: string;
  /** The owner level (epoch); undefined for readers that share. */
  readonly epoch: number | undefined;
  /** The sequence number that it gets next. */
  position(): number;
  /** Tells the reader that it has lost the partition. */
  end(error: AmqpError): void;
}

/** The receivers of one partition in one consumer group, under Event Hubs' rules of ownership. */
export interface ReaderTable {
  readonly readers: ReadonlySet<Reader>;
  /**
   * Lets a reader in, ending those it displaces: one with an epoch displaces every reader of the same or a lower
   * epoch, or of none.
   *
   * @returns why it is refused, or undefined when it is in
   */
  admit(reader: Reader): AmqpError | undefined;
  remove(reader: Reader): void;
}

export function readerTable(): ReaderTable {
  const readers = new Set<Reader>();

  function highestEpoch(): number {
    return Math.max(-1, ...[...readers].map((reader) => reader.epoch ?? -1));
  }

  function admit(reader: Reader): AmqpError | undefined {
    const highest = highestEpoch();
    const { epoch, name } = reader;
    if (epoch === undefined) {
      if (highest >= 0) {
        return stolen(`A receiver with epoch '${highest}' exists, so a receiver without one is not allowed.`);
      }
      if (readers.size >= MOST_READERS) {
        return limitExceeded(
          `Exceeded the maximum number of ${MOST_READERS} receivers per partition and group.`,
        );
      }
    } else if (epoch < highest) {
      return stolen(`A receiver with the higher epoch '${highest}' exists; '${name}' has '${epoch}'.`);
    }
    const displaced = epoch === undefined ? [] : [...readers];
    // In before the others are out: a table that is empty for a moment would be given up, and this reader with it.
    for (const other of displaced) readers.delete(other);
    readers.add(reader);
    for (const other of displaced) {
      other.end(
        stolen(`A new receiver '${name}' with epoch '${epoch}' was created; this one is disconnected.`),
      );
    }
    return undefined;
  }

  return { readers, admit, remove: (reader) => void readers.delete(reader) };
}
