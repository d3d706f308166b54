import type { LogRecord, ReadLimits } from "./partition_log.ts";

/** The newest events of a partition, in memory: readers that keep up never wait for the disk. */
export interface TailCache {
  add(records: readonly LogRecord[]): void;
  /** The events from `sequenceNumber` on, or undefined when the first of them is no longer (or not) here. */
  read(sequenceNumber: number, limits: ReadLimits): readonly LogRecord[] | undefined;
}

/** A cache that drops the oldest events once their messages take more than `mostBytes`. */
export function tailCache(mostBytes: number): TailCache {
  let records: LogRecord[] = [];
  /** How many at the front of `records` are dropped already. */
  let dropped = 0;
  let bytes = 0;

  return {
    add(added) {
      for (const record of added) {
        records.push(record);
        bytes += record.message.length;
      }
      while (bytes > mostBytes) bytes -= records[dropped++]!.message.length;
      // Moving the rest to the front each time would cost more than letting some dropped ones lie.
      if (dropped > 1024 || dropped === records.length) {
        records = records.slice(dropped);
        dropped = 0;
      }
    },
    read(sequenceNumber, limits) {
      const first = records[dropped]?.sequenceNumber;
      if (first === undefined || sequenceNumber < first) return undefined;
      const start = sequenceNumber - first + dropped;
      return takeWithin(records, start, limits);
    },
  };
}

/** The records from index `start` on that fit the limits: at least one, where there is one. */
export function takeWithin(
  records: readonly LogRecord[],
  start: number,
  { count, bytes }: ReadLimits,
): readonly LogRecord[] {
  let end = start;
  let taken = 0;
  while (end < records.length && end - start < count && (end === start || taken < bytes)) {
    taken += records[end++]!.message.length;
  }
  return records.slice(start, end);
}
