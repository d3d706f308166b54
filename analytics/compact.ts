import { type CompactName, compactName, parseCompactName } from "#pipeline/store/names.ts";
import type { Store } from "#pipeline/store/store.ts";
import type { Engine, Table } from "./engine.ts";
import { toParquet } from "./export/parquet.ts";
import { readIds } from "./parquet_ticks.ts";
import { formatTime } from "./time.ts";

/** Where compacted files go: a store that can remove one. */
export interface CompactTarget extends Pick<Store, "put" | "list" | "get"> {
  remove(name: string): Promise<void>;
}

/** What became of the files. */
export interface CompactSummary {
  readonly ticks: number;
  /** Files that were not there, or not as they are now. */
  readonly written: number;
  readonly unchanged: number;
  /** Files whose ticks are all in another one. */
  readonly removed: number;
  /** Files that were left as they are. */
  readonly kept: readonly KeptFile[];
}

/** A file with so many ticks that are missing among those loaded. */
export interface KeptFile {
  readonly name: string;
  readonly missing: number;
}

export interface CompactOptions {
  readonly signal?: AbortSignal;
  /** Called when a partition is done. */
  readonly onPartition?: (done: number, total: number) => void;
}

/** All ticks that a symbol has of a UTC date. */
interface Partition extends Omit<CompactName, "hash"> {
  /** Whether a sequence number is beyond 2^53. */
  readonly isLong: boolean;
}

const partitionsSql = `
  select
    symbol, cast(date_trunc('day', time) as timestamp) as day,
    coalesce(max(sequence_number) > 9007199254740991 or min(sequence_number) < -9007199254740991, false) as is_long
  from ticks
  group by symbol, day
  order by day, symbol`;

/** Without the symbol: it is in the name, and some readers refuse a column that is in both. */
const ticksSql = (sequenceNumber: string) => `
  select
    time, price, size, side, source, id, received_at, enqueued_at, partition, ${sequenceNumber} as sequence_number, generation
  from ticks
  where symbol = $symbol and time >= cast($from as timestamp) and time < cast($to as timestamp)
  order by time, ticks.sequence_number, id`;

/**
 * Writes the loaded ticks as Parquet files, one for each date and symbol, in the order of time. A file whose ticks are as
 * they were is left alone; one that is there already is removed when another one has been put that holds all its ticks.
 * Whatever ends this in between, nothing is lost: two files of a partition are read as one.
 *
 * The ticks of a date must have been loaded from its beginning to its end.
 */
export async function compactTicks(
  engine: Engine,
  target: CompactTarget,
  { signal, onPartition }: CompactOptions = {},
): Promise<CompactSummary> {
  const there = await listFiles(target);
  const partitions = await listPartitions(engine);
  const kept: KeptFile[] = [];
  const summary = { ticks: 0, written: 0, unchanged: 0, removed: 0, kept };
  for (const [index, partition] of partitions.entries()) {
    signal?.throwIfAborted();
    const table = await queryPartition(engine, partition);
    const bytes = await toParquet(table, { nullable: false });
    const name = compactName(partition, bytes);
    const others = (there.get(keyOf(partition)) ?? []).filter((other) => other !== name);
    const full = await fuller(target, others, table);
    kept.push(...full);
    if (full.length === 0) {
      summary.ticks += table.rows;
      summary[await target.put(name, bytes, {}) === "created" ? "written" : "unchanged"]++;
      for (const other of others) await target.remove(other);
      summary.removed += others.length;
    }
    onPartition?.(index + 1, partitions.length);
  }
  return summary;
}

/**
 * Copies what the sources are known to have missed, so that the compacted ticks tell of it, too.
 *
 * @returns How many blobs were not there yet.
 */
export async function copyGaps(store: Store, target: CompactTarget): Promise<number> {
  const there = new Set<string>();
  for await (const { name } of target.list("gaps/")) there.add(name);
  let copied = 0;
  for await (const { name } of store.list("gaps/")) {
    if (there.has(name)) continue;
    await target.put(name, await store.get(name), {});
    copied++;
  }
  return copied;
}

const keyOf = ({ date, symbol }: Omit<CompactName, "hash">) => `${date} ${symbol}`;

/** The names of the compacted files that there are, by their partition. */
async function listFiles(target: CompactTarget): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>();
  for await (const { name } of target.list("ticks/")) {
    const file = parseCompactName(name);
    if (file !== null) names.set(keyOf(file), [...names.get(keyOf(file)) ?? [], name]);
  }
  return names;
}

async function listPartitions(engine: Engine): Promise<readonly Partition[]> {
  const { columns: [symbols, days, isLong], rows } = await engine.run(partitionsSql);
  return Array.from({ length: rows }, (_, row) => ({
    symbol: symbols!.values[row] as string,
    date: formatTime(days!.values[row] as number).slice(0, 10),
    isLong: isLong!.values[row] as boolean,
  }));
}

async function queryPartition(engine: Engine, { date, symbol, isLong }: Partition): Promise<Table> {
  const from = `${date}T00:00:00.000Z`;
  const to = formatTime(Date.parse(from) + 86_400_000);
  const table = await engine.run(ticksSql(isLong ? "cast(sequence_number as text)" : "sequence_number"), {
    symbol,
    from,
    to,
  });
  if (!isLong) return table;
  // A number would round it; its digits are as exact an integer.
  const columns = table.columns.map((column) =>
    column.name === "sequence_number" ? { ...column, type: "integer" as const } : column
  );
  return { ...table, columns };
}

/** Those of the files that hold a tick which the table lacks. */
async function fuller(
  target: CompactTarget,
  names: readonly string[],
  { columns }: Table,
): Promise<KeptFile[]> {
  if (names.length === 0) return [];
  const ids = new Set(Array.from(columns.find(({ name }) => name === "id")!.values));
  const found: KeptFile[] = [];
  for (const name of names) {
    let missing = 0;
    for await (const id of readIds(name, await target.get(name))) if (!ids.has(id)) missing++;
    if (missing > 0) found.push({ name, missing });
  }
  return found;
}
