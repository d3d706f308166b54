import type { BatchLimits, HandleBatch, HubBatch, HubEvent, Log } from "./hub.ts";
import { backoffMs, longestPauseMs, pause } from "./pause.ts";

/** What a partition's intake needs from its hub. */
export interface IntakeOptions {
  readonly partition: number;
  readonly generation: string;
  /** Sequence number of the event before the first one to come; -1 where nothing was received before. */
  readonly position?: number;
  readonly limits: BatchLimits;
  readonly handle: HandleBatch;
  /** Remembers that everything up to this event is stored. */
  readonly checkpoint: (last: HubEvent) => Promise<void>;
  /** Once aborted, a batch that fails is left for the next receiver. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** How the pauses between attempts are waited out. */
  readonly wait?: typeof pause;
}

/**
 * One partition's way from the hub to the handler: gathers events into batches, hands one over at a time, again and
 * again until the handler returns, and only then checkpoints, while the next batch is on its way already. Boundaries of
 * batches don't matter: a name states the exact content of its blob, and reading deduplicates.
 */
export interface Intake {
  /** Sequence number of the last event that was taken in; where it started from before the first. */
  readonly position: number;
  /** Whether a batch is being handed over: what stands still then waits for the handler, not for the hub. */
  readonly busy: boolean;
  /** Takes events in; returns when those batches that filled up are stored. Never throws: a hub's SDK would skip them. */
  add(events: readonly HubEvent[]): Promise<void>;
  /** Hands over what has gathered, and returns when the checkpoint says so too. */
  flush(): Promise<void>;
  /** Forgets what has gathered: another receiver has the partition now. */
  drop(): void;
  /** Flushes, and takes nothing more in: what still comes is for the next receiver. */
  close(): Promise<void>;
}

/** Makes the intake of a partition that has just been taken over. */
export function partitionIntake(options: IntakeOptions): Intake {
  const { limits, signal, log, partition, wait = pause } = options;
  let gathered: HubEvent[] = [];
  let gatheredBytes = 0;
  let ageTimer: ReturnType<typeof setTimeout> | undefined;
  // Set when a batch was given up or the partition was lost: what follows must not be checkpointed over the hole.
  let ended = false;
  let busy = false;
  let position = options.position ?? -1;
  // add, flush and the age timer all hand batches over; the chain lets in one at a time.
  let tail = Promise.resolve();
  const exclusively = (work: () => Promise<void>) => tail = tail.then(work);
  const checkpoints = latestOnly(options);

  async function handOver(): Promise<void> {
    clearTimeout(ageTimer);
    const events = gathered;
    gathered = [];
    gatheredBytes = 0;
    if (ended || events.length === 0) return;
    const first = events[0]!;
    const last = events.at(-1)!;
    const [from, to] = [first.sequenceNumber, last.sequenceNumber];
    const batch = { partition, generation: options.generation, first: from, last: to, events };
    busy = true;
    const stored = await handleUntilStored(batch).finally(() => busy = false);
    if (!stored) ended = true;
    if (!ended) checkpoints.move(last);
  }

  async function flush(): Promise<void> {
    await handOver();
    await checkpoints.moved();
  }

  /** False when the batch was given up, since the partition was lost or the signal aborted. */
  async function handleUntilStored(batch: HubBatch): Promise<boolean> {
    const { first, last } = batch;
    for (let attempt = 0;; attempt++) {
      try {
        await options.handle(batch, signal);
        return true;
      } catch (error) {
        log("receive.retry", { partition, first, last, attempt, error: String(error) });
        if (ended || signal.aborted) return false;
        const { retryAfterMs = 0 } = error as { readonly retryAfterMs?: number };
        await wait(Math.max(retryAfterMs, backoffMs(attempt)), signal);
      }
    }
  }

  async function take(event: HubEvent): Promise<void> {
    if (gathered.length > 0 && gatheredBytes + event.body.length > limits.bytes) await handOver();
    if (gathered.length === 0) {
      ageTimer = setTimeout(() => exclusively(handOver), Math.min(limits.ageMs, longestPauseMs));
    }
    gathered.push(event);
    position = event.sequenceNumber;
    gatheredBytes += event.body.length;
    if (gathered.length >= limits.events) await handOver();
  }

  return {
    get position() {
      return position;
    },
    get busy() {
      return busy;
    },
    add: (events) =>
      exclusively(async () => {
        for (const event of events) {
          if (ended) return;
          await take(event);
        }
      }),
    flush: () => exclusively(flush),
    drop() {
      ended = true;
      gathered = [];
      clearTimeout(ageTimer);
      checkpoints.drop();
    },
    close: () =>
      exclusively(async () => {
        await flush();
        ended = true;
      }),
  };
}

/** A busy partition rests between two checkpoints: each costs the store as much as a small blob does. */
const restMs = 100;

/**
 * Writes checkpoints beside the handing over, one at a time. The latest one that comes meanwhile waits, and stands for
 * those before it. One that fails costs a redelivery, nothing else: the next one covers it.
 */
function latestOnly({ checkpoint, partition, log, wait = pause }: IntakeOptions) {
  let waiting: HubEvent | undefined;
  let writing: Promise<void> | undefined;
  let hurry = new AbortController();
  const write = async () => {
    for (let last = waiting; last !== undefined; last = waiting) {
      waiting = undefined;
      await checkpoint(last).catch((error) => log("checkpoint.failed", { partition, error: String(error) }));
      await wait(restMs, hurry.signal);
    }
    writing = undefined;
  };
  return {
    /** Everything up to this event is stored. */
    move(last: HubEvent): void {
      waiting = last;
      writing ??= write();
    },
    /** Returns when nothing waits any more; nothing may be moved meanwhile. */
    async moved(): Promise<void> {
      hurry.abort();
      await writing;
      hurry = new AbortController();
    },
    /** Forgets what waits. */
    drop(): void {
      waiting = undefined;
      hurry.abort();
    },
  };
}
