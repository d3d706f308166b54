import type { PartitionLog } from "./log/partition_log.ts";
import { type ProducerLedger, producerLedger } from "./producer_ledger.ts";
import { type ReaderTable, readerTable } from "./readers.ts";
import { partitionOfKey } from "./wire/partition_hash.ts";

/** The consumer group every hub has. */
export const DEFAULT_GROUP = "$Default";

/** One event hub: a fixed number of partitions, and the consumer groups that may read them. */
export interface Hub {
  readonly name: string;
  readonly createdOn: Date;
  readonly partitions: readonly Partition[];
  /** Whether receivers may use a consumer group; names are compared without case, as Event Hubs does. */
  hasGroup(group: string): boolean;
  /** Where an event goes: by its key's hash, or each partition in turn without a key. */
  route(partitionKey: string | undefined): Partition;
}

export interface Partition {
  readonly id: string;
  readonly log: PartitionLog;
  /** Its idempotent producers. */
  readonly producers: ProducerLedger;
  /** Its readers in a consumer group. */
  readersOf(group: string): ReaderTable;
  /** Forgets a consumer group that nobody reads any more. */
  releaseGroup(group: string): void;
  /** The consumer groups that are read, by lower-case name. */
  readonly readers: ReadonlyMap<string, ReaderTable>;
}

/** What {@linkcode hub} is made of. */
export interface HubParts {
  readonly name: string;
  readonly createdOn: Date;
  /** One log a partition. */
  readonly logs: readonly PartitionLog[];
  /** Groups beside `$Default`; `"*"` lets receivers name any. */
  readonly consumerGroups: readonly string[] | "*";
}

export function hub({ name, createdOn, logs, consumerGroups }: HubParts): Hub {
  const partitions = logs.map((log, index) => partition(String(index), log));
  const groups = consumerGroups === "*"
    ? undefined
    : new Set([DEFAULT_GROUP, ...consumerGroups].map((group) => group.toLowerCase()));
  let turn = 0;
  return {
    name,
    createdOn,
    partitions,
    hasGroup: (group) => groups === undefined || groups.has(group.toLowerCase()),
    route(partitionKey) {
      if (partitionKey !== undefined) return partitions[partitionOfKey(partitionKey, partitions.length)]!;
      return partitions[turn++ % partitions.length]!;
    },
  };
}

function partition(id: string, log: PartitionLog): Partition {
  const readers = new Map<string, ReaderTable>();
  return {
    id,
    log,
    // Ids of before a restart are still in use by producers that come back.
    producers: producerLedger(Date.now()),
    readers,
    readersOf(group) {
      const key = group.toLowerCase();
      const table = readers.get(key) ?? readerTable();
      readers.set(key, table);
      return table;
    },
    releaseGroup(group) {
      const key = group.toLowerCase();
      if (readers.get(key)?.readers.size === 0) readers.delete(key);
    },
  };
}
