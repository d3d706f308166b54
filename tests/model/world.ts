import type { HubBatch, HubEvent } from "#pipeline/hub/hub.ts";
import type { Intake, partitionIntake } from "#pipeline/hub/intake.ts";
import type { planBlobs } from "#pipeline/receive.ts";
import type { Random } from "#tests/random.ts";

/** The planning code under test: the real one, or a mutant of it. */
export interface Code {
  readonly partitionIntake: typeof partitionIntake;
  readonly planBlobs: typeof planBlobs;
}

/** A request on its way to the store. */
interface Request {
  readonly from: Receiver;
  /** What it changes, once it arrives. */
  readonly commit: () => void;
  readonly answer: PromiseWithResolvers<void>;
}

/** A receiver that is running. */
export interface Receiver {
  readonly intake: Intake;
  readonly stop: AbortController;
  /** The next event that the hub sends it. */
  next: number;
}

/** One partition, its store and whoever receives it, all of it in this process. */
export interface World {
  readonly receivers: ReadonlySet<Receiver>;
  readonly underWay: number;
  /** Starts a receiver from the checkpoint. */
  start(): Receiver;
  /** Sends a receiver some of what comes next. */
  deliver(receiver: Receiver, count: number): void;
  /** Lets one request come to its end: it may fail before or after it was carried out. */
  finish(random: Random, failing: number): void;
  /** Ends a receiver at once; each of its requests may still arrive, and nobody hears the answer. */
  crash(receiver: Receiver, random: Random): void;
  /** Ends a receiver as SIGTERM does. */
  terminate(receiver: Receiver): void;
  /** What is wrong: `null` when every event is stored, and nothing was put under a name that has other bytes. */
  verdict(): string | null;
}

/** An empty store before a partition with these events. */
export function world(
  { partitionIntake, planBlobs }: Code,
  events: readonly HubEvent[],
  random: Random,
): World {
  const blobs = new Map<string, Uint8Array>();
  const receivers = new Set<Receiver>();
  const requests: Request[] = [];
  let checkpoint = -1;
  let mixedUp: string | null = null;

  const request = (from: Receiver, commit: () => void) => {
    const answer = Promise.withResolvers<void>();
    requests.push({ from, commit, answer });
    return answer.promise;
  };
  const put = (name: string, bytes: Uint8Array) => {
    const there = blobs.get(name);
    if (there === undefined) blobs.set(name, bytes);
    else if (!sameBytes(there, bytes)) mixedUp ??= `${name} was put with other bytes`;
  };

  function start(): Receiver {
    const stop = new AbortController();
    const receiver: Receiver = {
      stop,
      next: checkpoint + 1,
      intake: partitionIntake({
        partition: 0,
        generation: "ab12",
        limits: { events: 1 + random.below(5), bytes: 100 + random.below(1_000), ageMs: 1e9 },
        async handle(batch: HubBatch) {
          for (const { name, bytes } of planBlobs(batch)) await request(receiver, () => put(name, bytes));
        },
        checkpoint: ({ sequenceNumber }) => request(receiver, () => checkpoint = sequenceNumber),
        signal: stop.signal,
        log: () => {},
        wait: () => Promise.resolve(),
      }),
    };
    receivers.add(receiver);
    return receiver;
  }

  return {
    receivers,
    get underWay() {
      return requests.length;
    },
    start,
    deliver(receiver, count) {
      const sent = events.slice(receiver.next, receiver.next + count);
      receiver.next += sent.length;
      void receiver.intake.add(sent);
    },
    finish(random, failing) {
      const [{ commit, answer }] = requests.splice(random.below(requests.length), 1) as [Request];
      const fate = random.next();
      if (fate >= failing / 2) commit();
      if (fate >= failing) answer.resolve();
      else answer.reject(new Error("503"));
    },
    crash(receiver, random) {
      receivers.delete(receiver);
      for (const request of requests.filter(({ from }) => from === receiver)) {
        requests.splice(requests.indexOf(request), 1);
        if (random.next() < 0.5) request.commit();
      }
      receiver.intake.drop();
    },
    terminate(receiver) {
      receivers.delete(receiver);
      receiver.stop.abort();
      void receiver.intake.close();
    },
    verdict() {
      const stored = new Set<number>();
      for (const bytes of blobs.values()) {
        for (const [, number] of decoder.decode(bytes).matchAll(/"sequence_number":(\d+)/g)) {
          stored.add(Number(number));
        }
      }
      const lost = events.filter(({ sequenceNumber }) => !stored.has(sequenceNumber)).length;
      return mixedUp ?? (lost > 0 ? `${lost} of ${events.length} events are lost` : null);
    },
  };
}

const decoder = new TextDecoder();

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
