import type { BatchLimits, HandleBatch, HubEvent, Log } from "./hub.ts";

/** What a partition's intake needs from its hub. */
export interface IntakeOptions {
  readonly partition: number;
  readonly generation: string;
  readonly limits: BatchLimits;
  readonly handle: HandleBatch;
  /** Remembers that everything up to this event is stored. */
  readonly checkpoint: (last: HubEvent) => Promise<void>;
  /** Once aborted, a batch that fails is left for the next receiver. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * One partition's way from the hub to the handler: gathers events into batches, hands one over at a time, again and
 * again until the handler returns, and only then checkpoints. Boundaries of batches don't matter: a name states the
 * exact content of its blob, and reading deduplicates.
 */
export interface Intake {
  /** Takes events in; returns when those batches that filled up are stored. Never throws: a hub's SDK would skip them. */
  add(events: readonly HubEvent[]): Promise<void>;
  /** Hands over what has gathered. */
  flush(): Promise<void>;
  /** Forgets what has gathered: another receiver has the partition now. */
  drop(): void;
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/** Makes the intake of a partition that has just been taken over. */
export function partitionIntake(options: IntakeOptions): Intake {
  const { limits, signal, log, partition } = options;
  let gathered: HubEvent[] = [];
  let gatheredBytes = 0;
  let ageTimer: ReturnType<typeof setTimeout> | undefined;
  // Set when a batch was given up or the partition was lost: what follows must not be checkpointed over the hole.
  let ended = false;
  // add, flush and the age timer all hand batches over; the chain lets in one at a time.
  let tail = Promise.resolve();
  const exclusively = (work: () => Promise<void>) => tail = tail.then(work);

  async function handOver(): Promise<void> {
    clearTimeout(ageTimer);
    const events = gathered;
    gathered = [];
    gatheredBytes = 0;
    if (ended || events.length === 0) return;
    const last = events.at(-1)!;
    const batch = {
      partition,
      generation: options.generation,
      first: events[0]!.sequenceNumber,
      last: last.sequenceNumber,
      events,
    };
    for (let attempt = 0;; attempt++) {
      try {
        await options.handle(batch, signal);
        break;
      } catch (error) {
        log("receive.retry", {
          partition,
          first: batch.first,
          last: batch.last,
          attempt,
          error: String(error),
        });
        if (ended || signal.aborted) {
          ended = true;
          return;
        }
        await pause(pauseMs(attempt), signal);
      }
    }
    if (ended) return;
    // A checkpoint that fails costs a redelivery, nothing else; the next one covers it.
    await options.checkpoint(last).catch((error) =>
      log("checkpoint.failed", { partition, error: String(error) })
    );
  }

  async function take(event: HubEvent): Promise<void> {
    if (gathered.length > 0 && gatheredBytes + event.body.length > limits.bytes) await handOver();
    if (gathered.length === 0) ageTimer = setTimeout(() => exclusively(handOver), limits.ageMs);
    gathered.push(event);
    gatheredBytes += event.body.length;
    if (gathered.length >= limits.events) await handOver();
  }

  return {
    add: (events) =>
      exclusively(async () => {
        for (const event of events) {
          if (ended) return;
          await take(event);
        }
      }),
    flush: () => exclusively(handOver),
    drop() {
      ended = true;
      gathered = [];
      clearTimeout(ageTimer);
    },
  };
}

/** Exponential with full jitter. */
function pauseMs(attempt: number): number {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
}

/** Waits, or until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
