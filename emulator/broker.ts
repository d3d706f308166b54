import { type AmqpError, badPartition, notFound } from "./errors.ts";
import type { FaultBoard } from "./fault_board.ts";
import type { Hub, Partition } from "./hub.ts";
import type { SharedKey } from "./sas.ts";

/** What every connection shares. */
export interface Broker {
  /** The hubs by lower-case name. */
  readonly hubs: ReadonlyMap<string, Hub>;
  /** The largest message a producer may send, a batch with all its events included. */
  readonly maxMessageBytes: number;
  /** What tokens must be signed with; without it any token will do. */
  readonly key: SharedKey | undefined;
  /** What is to go wrong on purpose. */
  readonly faults: FaultBoard;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a client may take from connecting to its open frame. */
  readonly handshakeMs: number;
  readonly log: Log;
}

/** Takes notes: `event` is a dotted name, `fields` are plain values without secrets. */
export type Log = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** Finds a hub by name, in any case. */
export function findHub(broker: Broker, name: string): Hub | { readonly refusal: AmqpError } {
  return broker.hubs.get(name.toLowerCase()) ?? { refusal: notFound(name) };
}

/** Finds a partition by id. */
export function findPartition(hub: Hub, id: string): Partition | { readonly refusal: AmqpError } {
  return hub.partitions.find((partition) => partition.id === id) ??
    { refusal: badPartition(id, hub.name, hub.partitions.length) };
}
