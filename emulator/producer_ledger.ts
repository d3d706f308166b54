import { type AmqpError, outOfOrder, producerStolen } from "./errors.ts";

/** Producers remembered in a partition; the longest silent one is forgotten first. */
const MOST_PRODUCERS = 10_000;

/** Who an idempotent producer says it is; what it leaves out is given to it. */
export interface ProducerClaim {
  readonly id: number | undefined;
  readonly epoch: number | undefined;
  /** The last sequence number it knows to be published. */
  readonly sequenceNumber: number | undefined;
}

/** Who an idempotent producer is. */
export interface ProducerIdentity {
  readonly id: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
}

/** What to do with a batch: store it, or tell its sender something. */
export type Verdict = "new" | "duplicate" | AmqpError;

/** The idempotent producers of one partition, and the last event of each that was stored. */
export interface ProducerLedger {
  /** Lets a producer in. @returns who it is, or why it is refused */
  admit(claim: ProducerClaim): ProducerIdentity | { readonly refusal: AmqpError };
  /** Judges a batch of `count` events that begins with `first`. */
  judge(producer: ProducerIdentity, first: number, count: number): Verdict;
  /** Counts a batch in, once it is stored. */
  note(producer: ProducerIdentity, last: number): void;
}

/** A ledger in memory: after a restart of the emulator each producer's own word is taken. */
export function producerLedger(): ProducerLedger {
  const producers = new Map<number, { epoch: number; last: number }>();
  let nextId = 1;

  function admit(claim: ProducerClaim): ProducerIdentity | { readonly refusal: AmqpError } {
    while (producers.has(nextId)) nextId++;
    const id = claim.id ?? nextId;
    const known = producers.get(id);
    const epoch = claim.epoch ?? known?.epoch ?? 0;
    if (known && epoch < known.epoch) return { refusal: producerStolen(id, known.epoch) };
    const last = claim.sequenceNumber ?? known?.last ?? 0;
    // A producer that lost an acknowledgement comes back with an older number than what is stored of it.
    const isSame = known?.epoch === epoch;
    producers.delete(id);
    producers.set(id, { epoch, last: isSame ? Math.max(known.last, last) : last });
    if (producers.size > MOST_PRODUCERS) producers.delete(producers.keys().next().value!);
    return { id, epoch, sequenceNumber: last };
  }

  function judge({ id, epoch }: ProducerIdentity, first: number, count: number): Verdict {
    const known = producers.get(id);
    if (known === undefined) return "new";
    if (epoch < known.epoch) return producerStolen(id, known.epoch);
    if (first + count - 1 <= known.last) return "duplicate";
    return first === known.last + 1 ? "new" : outOfOrder(known.last + 1, first);
  }

  return {
    admit,
    judge,
    note: ({ id, epoch }, last) => void producers.set(id, { epoch, last }),
  };
}
