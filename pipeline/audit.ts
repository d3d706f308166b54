import type { HubPartition } from "./hub/hub.ts";
import { type BlobName, blobName, parseBlobName } from "./store/names.ts";
import type { BlobInfo, Store } from "./store/store.ts";

/** Sequence numbers from `first` to `last`, both included. */
export interface SequenceRange {
  readonly first: number;
  readonly last: number;
}

/** What is stored of one partition, against the hub's own numbers. */
export interface PartitionAudit {
  readonly generation: string;
  readonly partition: number;
  /** The hub's last event, or the last one stored where the hub knows this generation no more. */
  readonly last: number;
  /** Different events stored, `ticks + rejects` without duplicates. */
  readonly stored: number;
  /** Lines that are a tick. */
  readonly ticks: number;
  /** Lines that could not be decoded, and were kept. */
  readonly rejects: number;
  /** Lines beyond one an event: redeliveries, which reading leaves out. */
  readonly duplicates: number;
  /** Events that are not stored and never will be: the checkpoint or the hub's retention has passed them. */
  readonly lost: number;
  /** Where they are, in their order. */
  readonly gaps: readonly SequenceRange[];
  /** Events that the hub has and the receiver is still to store. */
  readonly waiting: number;
}

/** A blob whose content is not what its name or its metadata says. */
export interface DamagedBlob {
  readonly blob: string;
  readonly reason: string;
}

/** What the store holds, against what it should hold. */
export interface Audit {
  readonly blobs: number;
  readonly partitions: readonly PartitionAudit[];
  readonly damaged: readonly DamagedBlob[];
  /** Blobs whose metadata could not be compared, since the store keeps none; the hash in the name still was. */
  readonly withoutMetadata: number;
  /** Nothing is lost, and nothing is damaged. */
  readonly sound: boolean;
}

/** What was read of a generation's partition. */
interface Read {
  readonly sequences: Set<number>;
  ticks: number;
  rejects: number;
}

const fetchesAtOnce = 16;

/**
 * Reads every blob of the store and counts which events are there, against `hub`: the partitions as the hub knows them,
 * or none where there is no hub to ask.
 */
export async function audit(
  store: Store,
  hub: readonly HubPartition[],
  signal: AbortSignal,
  onBlob: (done: number) => void = () => {},
): Promise<Audit> {
  const read = new Map<string, Read>();
  const damaged: DamagedBlob[] = [];
  let blobs = 0;
  let withoutMetadata = 0;
  const check = async (blob: BlobInfo) => {
    signal.throwIfAborted();
    const reason = auditBlob(blob, await store.get(blob.name), read);
    if (reason !== null) damaged.push({ blob: blob.name, reason });
    if (blob.metadata === null) withoutMetadata++;
    onBlob(++blobs);
  };
  for (const kind of ["ticks/", "rejects/"]) {
    const under: Promise<void>[] = [];
    for await (const blob of store.list(kind)) {
      // What a source refused was never an event: `stream` writes it down beside them.
      if (blob.name.startsWith("rejects/source=")) continue;
      under.push(check(blob));
      if (under.length === fetchesAtOnce) await Promise.all(under.splice(0));
    }
    await Promise.all(under);
  }
  const partitions = auditPartitions(hub, read);
  const sound = damaged.length === 0 && partitions.every(({ lost }) => lost === 0);
  return { blobs, partitions, damaged, withoutMetadata, sound };
}

/** Adds a blob's lines to what was read; says what is wrong with it, or `null`. */
function auditBlob({ name, metadata }: BlobInfo, bytes: Uint8Array, read: Map<string, Read>): string | null {
  const said = parseBlobName(name);
  if (said === null) return "its name is none that a receiver gives";
  const texts = new TextDecoder().decode(bytes).split("\n").filter((text) => text !== "");
  const sequences = texts.map((text) => sequenceOf(text, said));
  const into = getOrAdd(read, keyOf(said));
  for (const sequence of sequences) {
    if (sequence === null) continue;
    into.sequences.add(sequence);
    into[said.kind]++;
  }
  if (blobName(said.kind, said, bytes) !== name) return `its content has another hash, ${bytes.length} bytes`;
  const unread = sequences.filter((sequence) => sequence === null).length;
  if (unread > 0) return `${unread} of ${texts.length} lines are not of the events that its name states`;
  const { lines = String(texts.length), bytes: size = String(bytes.length) } = metadata ?? {};
  if (Number(lines) !== texts.length || Number(size) !== bytes.length) {
    return `it has ${texts.length} lines and ${bytes.length} bytes, its metadata says ${lines} and ${size}`;
  }
  return null;
}

/** The sequence number of a line, `null` when the line is broken or belongs elsewhere. */
function sequenceOf(text: string, { generation, partition, first, last }: BlobName): number | null {
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    const { sequence_number: sequence } = line;
    const here = line.generation === generation && line.partition === partition;
    return here && typeof sequence === "number" && first <= sequence && sequence <= last ? sequence : null;
  } catch {
    return null;
  }
}

function auditPartitions(hub: readonly HubPartition[], read: Map<string, Read>): PartitionAudit[] {
  for (const partition of hub) getOrAdd(read, keyOf(partition));
  return [...read].map(([key, { sequences, ticks, rejects }]) => {
    const [generation, number] = key.split(" ") as [string, string];
    const numbers = Float64Array.from(sequences).sort();
    // A hub that is gone can't be asked: what is stored says how far it went.
    const lastStored = numbers.at(-1) ?? -1;
    const known = hub.find((one) => keyOf(one) === key) ??
      { first: lastStored + 1, last: lastStored, checkpoint: lastStored };
    const missing = holes(numbers, Math.min(numbers[0] ?? Infinity, known.first), known.last);
    // What the checkpoint has passed, or the hub keeps no more, comes never again.
    const passed = Math.max(known.checkpoint, known.first - 1);
    const gaps = missing.filter(({ first }) => first <= passed)
      .map(({ first, last }) => ({ first, last: Math.min(last, passed) }));
    const lost = count(gaps);
    return {
      generation,
      partition: Number(number),
      last: known.last,
      stored: sequences.size,
      ticks,
      rejects,
      duplicates: ticks + rejects - sequences.size,
      lost,
      gaps,
      waiting: count(missing) - lost,
    };
  }).sort((a, b) =>
    a.generation < b.generation ? -1 : +(a.generation > b.generation) || a.partition - b.partition
  );
}

/** What `numbers`, which ascend, leave out between two bounds that are included. */
function holes(numbers: Float64Array, from: number, to: number): SequenceRange[] {
  const found: SequenceRange[] = [];
  let next = from;
  for (const number of numbers) {
    if (number > next) found.push({ first: next, last: number - 1 });
    next = number + 1;
  }
  if (next <= to) found.push({ first: next, last: to });
  return found;
}

function count(ranges: readonly SequenceRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

function keyOf({ generation, partition }: Pick<HubPartition, "generation" | "partition">): string {
  return `${generation} ${partition}`;
}

function getOrAdd(read: Map<string, Read>, key: string): Read {
  const found = read.get(key) ?? { sequences: new Set(), ticks: 0, rejects: 0 };
  read.set(key, found);
  return found;
}
