import type { Hole } from "./exchange.ts";

/** A hole, and how it came to be. */
export interface FoundHole extends Hole {
  readonly cause: string;
  /** On the clock that the caller gave. */
  readonly foundMs: number;
}

/** Follows the numbers of one symbol's trades, whatever their order: which are new, and which are missing. */
export interface TradeNumbers {
  /** Whether this trade is new. One that leaves others out opens a hole; a late one fills its place in it. */
  see(number: number, time: string, cause: string, nowMs: number): boolean;
  /** Whether this trade was missing; then it is no more. */
  fill(number: number): boolean;
  /** There are trades up to this number, and the last ones aren't here. */
  miss(number: number, cause: string, nowMs: number): void;
  /** What is missing and not yet given up, in the order in which it was found. */
  holes(): readonly FoundHole[];
  /** Gives these numbers up: how many of them are still missing. Should one come after all, it is new. */
  close(from: number, to: number): number;
}

/** So many holes that were given up are remembered, the latest ones. */
const closedHoles = 100;

/** Starts with the first trade that is seen: what was before it is nobody's loss. */
export function tradeNumbers(): TradeNumbers {
  let first: number | undefined;
  let highest = 0;
  let time = "";
  let holes: FoundHole[] = [];
  let closed: FoundHole[] = [];

  const open = (to: number, cause: string, foundMs: number) => {
    const from = highest + 1;
    const last = holes.at(-1);
    const grows = last !== undefined && last.to === highest && last.cause === cause;
    if (grows) holes[holes.length - 1] = { ...last, to };
    else holes.push({ from, to, after: time, cause, foundMs });
  };
  const fill = (number: number) => {
    const missing = [...holes, ...closed].some(({ from, to }) => from <= number && number <= to);
    if (missing) {
      holes = without(holes, number, number);
      closed = without(closed, number, number);
    }
    return missing;
  };
  return {
    fill,
    see(number, tradeTime, cause, nowMs) {
      if (first === undefined) first = highest = number;
      // From before the start, or from a count that began anew: not followed, but never thrown away.
      else if (number < first) return true;
      else if (number <= highest) return fill(number);
      else if (number > highest + 1) open(number - 1, cause, nowMs);
      highest = number;
      time = tradeTime;
      return true;
    },
    miss(number, cause, nowMs) {
      if (first === undefined || number <= highest) return;
      open(number, cause, nowMs);
      highest = number;
    },
    holes: () => holes,
    close(from, to) {
      const kept = without(holes, from, to);
      const missing = count(holes) - count(kept);
      const given = holes.flatMap((hole) => within(hole, from, to));
      closed = [...closed, ...given].slice(-closedHoles);
      holes = kept;
      return missing;
    },
  };
}

/** The holes without these numbers. */
function without(holes: readonly FoundHole[], from: number, to: number): FoundHole[] {
  return holes.flatMap((hole) => [...within(hole, -Infinity, from - 1), ...within(hole, to + 1, Infinity)]);
}

/** The part of a hole within bounds, both included. */
function within(hole: FoundHole, from: number, to: number): FoundHole[] {
  const part = { ...hole, from: Math.max(hole.from, from), to: Math.min(hole.to, to) };
  return part.from <= part.to ? [part] : [];
}

function count(holes: readonly Hole[]): number {
  return holes.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
