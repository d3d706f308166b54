import { type AmqpError, outOfOrder, producerStolen } from "./errors.ts";

/** Producers remembered in a partition; the one that attached longest ago is forgotten first. */
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

/** A batch of an idempotent producer. */
export interface NumberedBatch {
  readonly producer: ProducerIdentity;
  /** The number of its first event. */
  readonly first: number;
  readonly count: number;
}

/** The idempotent producers of one partition, and the last event of each that was stored. */
export interface ProducerLedger {
  /** Lets a producer in. @returns who it is, or why it is refused */
  admit(claim: ProducerClaim): ProducerIdentity | { readonly refusal: AmqpError };
  /**
   * Stores a batch through `append`, unless it was stored before; the batches of a producer one after the other.
   *
   * @returns why it can't be stored, or undefined when it is
   * @throws what `append` throws
   */
  store(batch: NumberedBatch, append: () => Promise<void>): Promise<AmqpError | undefined>;
}

interface Known {
  readonly epoch: number;
  /** The number of the last event stored. */
  last: number;
  /** Ends with the batch at hand: whether a repeat must be stored depends on what becomes of the first try. */
  turn: Promise<unknown>;
}

/**
 * A ledger in memory: after a restart of the emulator each producer's own word is taken.
 *
 * @param firstId the id given to the first producer without one; no earlier ledger of the partition may have given it
 */
export function producerLedger(firstId: number): ProducerLedger {
  const producers = new Map<number, Known>();
  let nextId = firstId;

  function admit(claim: ProducerClaim): ProducerIdentity | { readonly refusal: AmqpError } {
    const id = claim.id ?? nextId++;
    const known = producers.get(id);
    const epoch = claim.epoch ?? known?.epoch ?? 0;
    if (known && epoch < known.epoch) return { refusal: producerStolen(id, known.epoch) };
    const sequenceNumber = claim.sequenceNumber ?? known?.last ?? 0;
    if (known?.epoch !== epoch) {
      producers.set(id, { epoch, last: sequenceNumber, turn: known?.turn ?? Promise.resolve() });
    }
    if (producers.size > MOST_PRODUCERS) producers.delete(producers.keys().next().value!);
    // A producer that lost an acknowledgement comes back with an older number than what is stored of it, and must go
    // on from its own: given the newer one it would number its repeat as new.
    return { id, epoch, sequenceNumber };
  }

  function store(batch: NumberedBatch, append: () => Promise<void>): Promise<AmqpError | undefined> {
    const known = producers.get(batch.producer.id);
    if (known === undefined) return append().then(() => undefined);
    const turn = known.turn.then(() => storeNext(known, batch, append));
    known.turn = turn.catch(() => {});
    return turn;
  }

  return { admit, store };
}

async function storeNext(
  known: Known,
  { producer: { id, epoch }, first, count }: NumberedBatch,
  append: () => Promise<void>,
): Promise<AmqpError | undefined> {
  if (epoch < known.epoch) return producerStolen(id, known.epoch);
  const last = first + count - 1;
  if (last <= known.last) return undefined;
  if (first !== known.last + 1) return outOfOrder(known.last + 1, first);
  await append();
  known.last = last;
  return undefined;
}
