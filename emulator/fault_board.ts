import type { Fault, FaultPlace } from "./faults.ts";

type Kind = Fault["kind"];
type FaultOf<K extends Kind> = Extract<Fault, { readonly kind: K }>;

/** The faults that are set up, as the rest of the emulator asks for them. */
export interface FaultBoard {
  /** Sets a fault up, until it is disposed of or has struck often enough. */
  add(fault: Fault): Disposable;
  /** The fault of a kind that strikes at a place, counted as one strike; undefined when none does. */
  strike<K extends Kind>(kind: K, place: FaultPlace): FaultOf<K> | undefined;
  /** Waits out a delay, if one strikes at a place. */
  delay(place: FaultPlace): Promise<void>;
  /** Calls `changed` when a fault has ended. */
  onEnd(changed: () => void): () => void;
  /** Ends every fault and every delay. */
  close(): void;
}

export function faultBoard(): FaultBoard {
  /** With the strikes each has left. */
  const faults = new Map<Fault, number>();
  const delays = new Map<ReturnType<typeof setTimeout>, () => void>();
  const listeners = new Set<() => void>();

  function end(fault: Fault): void {
    if (faults.delete(fault)) { for (const changed of listeners) changed(); }
  }

  function strike<K extends Kind>(kind: K, place: FaultPlace): FaultOf<K> | undefined {
    for (const [fault, left] of faults) {
      if (fault.kind !== kind || !isAt(fault, place)) continue;
      if (left > 1) faults.set(fault, left - 1);
      else end(fault);
      return fault as FaultOf<K>;
    }
    return undefined;
  }

  async function delay(place: FaultPlace): Promise<void> {
    const fault = faults.size === 0 ? undefined : strike("delay", place);
    if (fault === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        delays.delete(timer);
        resolve();
      }, fault.delayMs);
      delays.set(timer, resolve);
    });
  }

  return {
    add(fault) {
      const own = { ...fault };
      faults.set(own, fault.times ?? Infinity);
      return { [Symbol.dispose]: () => end(own) };
    },
    strike,
    delay,
    onEnd(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    close() {
      faults.clear();
      listeners.clear();
      for (const [timer, resolve] of delays) {
        clearTimeout(timer);
        resolve();
      }
      delays.clear();
    },
  };
}

/** Whether a fault's place, as far as it is given, is the one asked for. */
function isAt({ hub, partition }: FaultPlace, place: FaultPlace): boolean {
  const isHub = hub === undefined || hub.toLowerCase() === place.hub?.toLowerCase();
  return isHub && (partition === undefined || partition === place.partition);
}
