import { Buffer } from "node:buffer";
import { DamagedRecord, type FoundRecord, RECORD_HEADER_BYTES, scanRecords } from "./record.ts";
import { loadIndex, noteRecord, readSegment, recordsOf, saveIndex, type Segment } from "./segment.ts";

/** What {@linkcode recoverSegments} found. */
export interface Recovered {
  /** In order; the last is the one to go on writing. */
  readonly segments: Segment[];
  /** What was cut off the end: the start of a batch whose writer was killed. */
  readonly tornBytes: number;
}

/**
 * Reads the segments of a folder after whatever happened to their writer. A batch that wasn't written whole, which
 * can only be the newest and was never acknowledged, is cut off.
 *
 * @throws when acknowledged events are damaged or missing: that needs a person's eye, not a repair
 */
export function recoverSegments(folder: string): Recovered {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".log"));
  const paths = names.sort().map((name) => `${folder}/${name}`);
  const segments: Segment[] = [];
  let tornBytes = 0;
  for (const path of paths) {
    const isNewest = path === paths.at(-1);
    using file = Deno.openSync(path, { read: true, write: true });
    const segment = readSegment(path, file);
    if (segment === undefined && isNewest) {
      // Killed between creating the file and writing its header: nothing was in it.
      tornBytes += file.statSync().size;
      Deno.removeSync(path);
      break;
    }
    if (segment === undefined) throw new Error(`${path} has no header: restore it, or remove the folder`);
    checkFollows(segments.at(-1), segment);
    if (isNewest) tornBytes += recoverNewest(segment, file);
    segments.push(isNewest ? segment : readFull(segment, file));
  }
  return { segments, tornBytes };
}

function checkFollows(before: Segment | undefined, { path, firstSequenceNumber }: Segment): void {
  const expected = before === undefined ? firstSequenceNumber : (before.last?.sequenceNumber ?? -1) + 1;
  if (expected === firstSequenceNumber) return;
  throw new Error(
    `The events ${expected} to ${firstSequenceNumber - 1} before ${path} are missing: restore them`,
  );
}

function readFull(segment: Segment, file: Deno.FsFile): Segment {
  const { size } = file.statSync();
  const loaded = loadIndex(segment, size);
  if (loaded !== undefined) return loaded;
  try {
    for (const record of recordsOf({ ...segment, end: size }, file)) noteRecord(segment, record);
  } catch (error) {
    if (error instanceof DamagedRecord) throw damaged(segment, error);
    throw error;
  }
  saveIndex(segment);
  return segment;
}

/** Counts the newest segment's records up to the last whole batch, and cuts off the rest. @returns its size */
function recoverNewest(segment: Segment, file: Deno.FsFile): number {
  const { size } = file.statSync();
  let batch: FoundRecord[] = [];
  try {
    for (const record of recordsOf({ ...segment, end: size }, file)) {
      batch.push(record);
      if (!record.endsBatch) continue;
      for (const whole of batch) noteRecord(segment, whole);
      batch = [];
    }
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
    if (hasWholeRecord(segment, file, error.position + 1, size)) throw damaged(segment, error);
  }
  file.truncateSync(segment.end);
  return size - segment.end;
}

function damaged({ path }: Segment, cause: DamagedRecord): Error {
  const message =
    `${path} is damaged: ${cause.message}, and whole events follow. Restore the file, or remove the folder`;
  return new Error(message, { cause });
}

/** Whether any record with a right checksum starts in a stretch, which then isn't the tail of a torn write. */
function hasWholeRecord(segment: Segment, file: Deno.FsFile, from: number, to: number): boolean {
  const rest = Buffer.alloc(to - from);
  file.seekSync(from, Deno.SeekMode.Start);
  for (let filled = 0; filled < rest.length;) filled += file.readSync(rest.subarray(filled)) ?? rest.length;
  const next = (segment.last?.sequenceNumber ?? -1) + 1;
  for (let at = 0; at + RECORD_HEADER_BYTES <= rest.length; at++) {
    // A following record's number is just above the last whole one's; that spares most checksums.
    const ahead = rest.readUIntBE(at + 8, 6) - next;
    if (ahead < 0 || ahead > rest.length) continue;
    try {
      const stretch = { file, from: from + at, to, baseOffset: 0, chunkBytes: RECORD_HEADER_BYTES };
      if (!scanRecords(stretch).next().done) return true;
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
    }
  }
  return false;
}
