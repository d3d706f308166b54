import type { FinalBalance } from "#tests/faults/producer.ts";

/** What a campaign of faults came to: one row of docs/reliability.md. */
export interface Outcome {
  /** What was done, and how often: `1000 SIGKILLs`. */
  readonly title: string;
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly seconds: number;
  readonly balance: FinalBalance | null;
  /** The figures of this campaign, in words. */
  readonly figures: readonly string[];
  /** What fell short of its target, as it is. */
  readonly shortfalls: readonly string[];
}

/** How a campaign is run. */
export interface CampaignOptions {
  readonly seed: number;
  /** How often. */
  readonly count: number;
  /** Aborts the campaign. */
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** A campaign's outcome; what is lost, there twice, unknown or damaged is a shortfall whatever else is. */
export function outcome(
  given: Pick<Outcome, "title" | "balance" | "figures"> & { readonly shortfalls?: readonly string[] },
  seed: number,
  startedAt: number,
): Outcome {
  const { balance, shortfalls = [] } = given;
  const wrong = balance === null ? [] : (["lost", "duplicates", "unknown", "lostByAudit", "damaged"] as const)
    .filter((name) => balance[name] > 0).map((name) => `${name}: ${balance[name]}`);
  return {
    ...given,
    seed,
    at: new Date().toISOString(),
    seconds: (performance.now() - startedAt) / 1_000,
    shortfalls: [...wrong, ...shortfalls],
  };
}

/** The middle and the worst of some times, in words. */
export function spread(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}
