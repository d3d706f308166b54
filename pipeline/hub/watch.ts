import type { EventHubConsumerClient } from "@azure/event-hubs";
import type { Log } from "./hub.ts";
import type { Intake } from "./intake.ts";
import { pause } from "./pause.ts";
import { stallWatch } from "./stall.ts";

/** How often to look, and how long a partition, or the hub's answer, may keep us waiting. */
export interface WatchTimes {
  readonly everyMs: number;
  readonly stallMs: number;
}

/** What is looked after. */
export interface WatchOptions {
  readonly consumer: EventHubConsumerClient;
  readonly createdMs: number;
  readonly watch: WatchTimes;
  readonly log: Log;
}

/**
 * Asks the hub again and again how far it is, until the signal. Calls `renew` when receiving has to begin anew: the hub
 * was deleted and made anew, it has more than it sends, or it doesn't answer.
 */
export async function lookAfter(
  { consumer, createdMs, watch, log }: WatchOptions,
  intakes: ReadonlyMap<string, Intake>,
  signal: AbortSignal,
  renew: () => void,
): Promise<void> {
  const { everyMs, stallMs } = watch;
  const stalls = stallWatch({ stallMs, log });
  let answeredAt = performance.now();

  async function look(abortSignal: AbortSignal): Promise<boolean> {
    const { createdOn } = await consumer.getEventHubProperties({ abortSignal });
    if (createdOn.getTime() !== createdMs) {
      log("receive.hub_renewed", { createdOn: createdOn.toISOString() });
      return false;
    }
    let well = true;
    for (const [partition, intake] of intakes) {
      const { isEmpty, lastEnqueuedSequenceNumber } = await consumer.getPartitionProperties(partition, {
        abortSignal,
      });
      if (stalls(partition, intake, isEmpty ? -1 : lastEnqueuedSequenceNumber)) well = false;
    }
    return well;
  }

  while (!signal.aborted) {
    await pause(everyMs, signal);
    if (signal.aborted) return;
    try {
      if (!await within(everyMs, signal, look)) return renew();
      answeredAt = performance.now();
    } catch (error) {
      if (signal.aborted) return;
      const silentMs = Math.round(performance.now() - answeredAt);
      log("receive.no_answer", { silentMs, error: String(error) });
      if (silentMs >= stallMs) return renew();
    }
  }
}

/** Asks with a signal of its own, which aborts when the time is up or the other signal does. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const asking = new AbortController();
  const stop = () => asking.abort();
  const timer = setTimeout(stop, ms);
  signal.addEventListener("abort", stop);
  try {
    return await ask(asking.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
