import { createHash } from "node:crypto";

/** Good lines go under `ticks/`; what could not be decoded is kept under `rejects/`. */
export type BlobKind = "ticks" | "rejects";

/** The events that a blob was made from. */
export interface BlobRange {
  readonly generation: string;
  readonly partition: number;
  /** Sequence number of the first event. */
  readonly first: number;
  /** Sequence number of the last event. */
  readonly last: number;
  /** UTC date on which the hub accepted the first event, `2026-05-01`. */
  readonly date: string;
}

/** What a blob's name says. */
export interface BlobName extends BlobRange {
  readonly kind: BlobKind;
  /** The first 8 hex digits of the content's SHA-256. */
  readonly hash: string;
}

/**
 * The name of a blob, which states its exact content: a second writer of the same name writes the same bytes. The
 * segments are Hive's, so that any SQL engine can prune by them; sequence numbers are padded, so that names sort in
 * the order of events.
 */
export function blobName(kind: BlobKind, range: BlobRange, bytes: Uint8Array): string {
  const hash = hashOf(bytes, 8);
  const { generation, partition, date } = range;
  const folder = `${kind}/generation=${generation}/partition=${partition}/date=${date}`;
  return `${folder}/${pad(range.first)}-${pad(range.last)}-${hash}.ndjson`;
}

const namePattern =
  /^(ticks|rejects)\/generation=([0-9a-z]+)\/partition=(\d+)\/date=(\d{4}-\d\d-\d\d)\/(\d{16})-(\d{16})-([0-9a-f]{8})\.ndjson$/;

/** Reads what {@link blobName} wrote; `null` for any other name. */
export function parseBlobName(name: string): BlobName | null {
  const match = namePattern.exec(name);
  if (match === null) return null;
  const [, kind, generation, partition, date, first, last, hash] = match as unknown as string[];
  return {
    kind: kind as BlobKind,
    generation: generation!,
    partition: Number(partition),
    date: date!,
    first: Number(first),
    last: Number(last),
    hash: hash!,
  };
}

/** What the name of a compacted file says. */
export interface CompactName {
  /** UTC date of the ticks' own time, `2026-05-01`. */
  readonly date: string;
  readonly symbol: string;
  /** The first 16 hex digits of the content's SHA-256. */
  readonly hash: string;
}

/** The name of a file of all ticks that a symbol has of a date; like {@link blobName} it states the exact content. */
export function compactName({ date, symbol }: Omit<CompactName, "hash">, bytes: Uint8Array): string {
  return `ticks/date=${date}/symbol=${symbol}/ticks-${hashOf(bytes, 16)}.parquet`;
}

const compactPattern =
  /^ticks\/date=(\d{4}-\d\d-\d\d)\/symbol=([A-Z0-9]+-[A-Z0-9]+)\/ticks-([0-9a-f]{16})\.parquet$/;

/** Reads what {@link compactName} wrote; `null` for any other name. */
export function parseCompactName(name: string): CompactName | null {
  const match = compactPattern.exec(name);
  if (match === null) return null;
  const [, date, symbol, hash] = match as unknown as string[];
  return { date: date!, symbol: symbol!, hash: hash! };
}

/** Whether a compacted file, in whatever folder, has the content that its name states; of any other name it says yes. */
export function hasStatedContent(name: string, bytes: Uint8Array): boolean {
  const [, hash] = /(?:^|\/)ticks-([0-9a-f]{16})\.parquet$/.exec(name) ?? [];
  return hash === undefined || hash === hashOf(bytes, 16);
}

function hashOf(bytes: Uint8Array, digits: number): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, digits);
}

/** 16 digits hold every sequence number up to 2^53. */
function pad(sequenceNumber: number): string {
  return String(sequenceNumber).padStart(16, "0");
}
