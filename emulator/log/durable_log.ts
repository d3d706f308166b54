import type { Buffer } from "node:buffer";
import type { LogRecord, NewEvents, PartitionLog, Position, ReadLimits } from "./partition_log.ts";
import { placeEvents } from "./place_events.ts";
import { RECORD_HEADER_BYTES } from "./record.ts";
import { recoverSegments } from "./recover.ts";
import { deleteSegment, FIRST_POSITION } from "./segment.ts";
import { segmentReader } from "./segment_reader.ts";
import { segmentWriter } from "./segment_writer.ts";
import { syncGroup } from "./sync_group.ts";
import { tailCache } from "./tail_cache.ts";

/** When a batch counts as kept: once the operating system has it, or once it is on the disk. */
export type Fsync = "none" | "batch";

/** Options of {@linkcode durableLog}. */
export interface DurableLogOptions {
  /** `"none"` survives the death of the process, `"batch"` (the default) also that of the machine. */
  readonly fsync?: Fsync;
  /** A new file is begun after this much. Defaults to 64 MiB, or a quarter of `retentionBytes` if that is less. */
  readonly segmentBytes?: number;
  /** Files whose newest event is older than this are deleted. Defaults to never. */
  readonly retentionMs?: number;
  /** The oldest files are deleted when all together take more than this. Defaults to never. */
  readonly retentionBytes?: number;
  /** How much of the newest events is also held in memory. Defaults to 2 MiB. */
  readonly cacheBytes?: number;
  /** Milliseconds since 1970. Defaults to `Date.now`. */
  readonly now?: () => number;
  /** Writes all bytes at the file's position. Defaults to just that; a test may let the disk be full. */
  readonly writeBytes?: (file: Deno.FsFile, bytes: Buffer) => void;
}

/**
 * A partition log in a folder of its own: segment files of checksummed records, found again through a sparse index.
 *
 * @throws when acknowledged events in the folder are damaged or missing
 */
export function durableLog(folder: string, options: DurableLogOptions = {}): PartitionLog {
  const { fsync = "batch", retentionMs = Infinity, retentionBytes = Infinity, now = Date.now } = options;
  const { segmentBytes = 67_108_864, cacheBytes = 2_097_152, writeBytes = writeAll } = options;
  Deno.mkdirSync(folder, { recursive: true });
  const { segments } = recoverSegments(folder);
  const writer = segmentWriter({
    folder,
    segments,
    segmentBytes: Math.min(segmentBytes, retentionBytes / 4),
    syncFull: fsync === "batch",
    writeBytes,
  });
  const reader = segmentReader(segments);
  const cache = tailCache(cacheBytes);
  const synced = syncGroup(writer.sync);
  const listeners = new Set<() => void>();
  const writing = new Set<Promise<void>>();
  /** The newest event that may be read; those after it are on their way to the disk. */
  let last = writer.last;
  let refusal: Error | undefined;

  const begin = () => segments[0]!.firstSequenceNumber;
  const next = () => (last?.sequenceNumber ?? -1) + 1;
  const sizeBytes = () => segments.reduce((sum, { end }) => sum + end - FIRST_POSITION, 0);

  async function append(events: NewEvents): Promise<void> {
    if (refusal !== undefined) throw refusal;
    if (events.count === 0) return;
    const first = {
      sequenceNumber: (writer.last?.sequenceNumber ?? -1) + 1,
      offset: writer.nextOffset,
      enqueuedTimeMs: Math.max(now(), writer.last?.enqueuedTimeMs ?? 0),
    };
    const batch = placeEvents(events, first, RECORD_HEADER_BYTES);
    writer.write(batch);
    if (fsync === "batch") await keep();
    const { sequenceNumber, offset, enqueuedTimeMs } = batch.records.at(-1)!;
    last = { sequenceNumber, offset, enqueuedTimeMs };
    cache.add(batch.records);
    for (const wake of listeners) wake();
    try {
      dropExpired();
    } catch {
      // This batch is kept, whatever becomes of older ones. They are tried again with the next one.
    }
  }

  async function keep(): Promise<void> {
    const done = synced();
    writing.add(done);
    try {
      await done;
    } catch (cause) {
      // After a failed sync nobody knows what is on the disk; only reading it again tells.
      refusal = new Error(`The log in ${folder} could not be put on the disk: mend that, then start again`, {
        cause,
      });
      throw refusal;
    } finally {
      writing.delete(done);
    }
  }

  function dropExpired(): void {
    const oldest = now() - retentionMs;
    const isOld = (index: number) => (segments[index]?.last?.enqueuedTimeMs ?? Infinity) < oldest;
    if (segments.length === 1 && isOld(0) && refusal === undefined) writer.roll();
    while (segments.length > 1 && (isOld(0) || sizeBytes() > retentionBytes)) {
      reader.release(segments[0]!);
      deleteSegment(segments[0]!);
      segments.shift();
    }
  }

  function read(sequenceNumber: number, limits: ReadLimits): readonly LogRecord[] {
    const from = Math.max(sequenceNumber, begin());
    if (from >= next()) return [];
    return cache.read(from, limits) ?? reader.read(from, next(), limits);
  }

  function find(position: Position): number | undefined {
    if (position.kind === "earliest") return begin();
    if (position.kind === "latest") return next();
    const { kind, value, inclusive } = position;
    const least = inclusive ? value : value + 1;
    if (kind === "sequenceNumber") return least > next() ? undefined : Math.max(least, begin());
    const beyond = value > (last?.offset ?? -1) && !(inclusive && value === writer.nextOffset);
    if (kind === "offset" && beyond) return undefined;
    return Math.min(reader.find(kind, least) ?? next(), next());
  }

  async function close(): Promise<void> {
    refusal ??= new Error(`The log in ${folder} is closed and takes no more events`);
    listeners.clear();
    await Promise.allSettled(writing);
    reader.close();
    writer.close();
  }

  dropExpired();
  return {
    get beginSequenceNumber() {
      return begin();
    },
    get nextSequenceNumber() {
      return next();
    },
    get last() {
      return last;
    },
    get sizeBytes() {
      return sizeBytes();
    },
    append,
    read,
    find,
    dropExpired,
    onAppend(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
    close,
  };
}

function writeAll(file: Deno.FsFile, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
