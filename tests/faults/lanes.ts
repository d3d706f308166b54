import type { Hub } from "#pipeline/hub/hub.ts";
import { type CampaignOptions, type Outcome, outcome, spread } from "#tests/faults/outcome.ts";
import { type Producer, producer } from "#tests/faults/producer.ts";
import { type FaultStack, faultStack } from "#tests/faults/stack.ts";

/** What one try of a fault has at hand. */
export interface Try {
  readonly stack: FaultStack;
  /** A hub that no other try uses at the same time. */
  readonly lane: string;
  readonly source: Producer;
  readonly seed: number;
}

/** What a campaign of many faults does. */
export interface FaultCampaign<F> extends CampaignOptions {
  /** What the faults befall: `the blob store`. */
  readonly of: string;
  readonly faults: readonly F[];
  readonly longestRecoveryMs: number;
  /** Does a fault to a receiver and waits until all is stored. @returns milliseconds from the fault's end until then */
  readonly attempt: (fault: F, given: Try) => Promise<number>;
}

const lanes = 6;

/** Does every fault so often, several at a time since most of what they do is to wait, and reads the result once. */
export async function faultCampaign<F>(campaign: FaultCampaign<F>): Promise<Outcome> {
  const { of, faults, longestRecoveryMs, attempt, seed, count, signal, onProgress } = campaign;
  const startedAt = performance.now();
  await using stack = await faultStack({ partitions: 2, lanes });
  const source = producer();
  const times = new Map(faults.map((fault) => [fault, [] as number[]]));
  const tries = Array.from({ length: count }, () => faults).flat();
  let done = 0;
  await Promise.all(stack.lanes.map(async (lane) => {
    for (let fault = tries.pop(); fault !== undefined && !signal.aborted; fault = tries.pop()) {
      times.get(fault)!.push(await attempt(fault, { stack, lane, source, seed: seed + tries.length }));
      onProgress(++done);
    }
  }));
  const slow = [...times].filter(([, ms]) => Math.max(...ms) > longestRecoveryMs);
  return outcome(
    {
      title: `${faults.length} faults of ${of}, ${count} times each`,
      balance: await source.balance(stack),
      figures: [...times].map(([fault, ms]) => `${fault}: all stored ${spread(ms)} after it`),
      shortfalls: slow.map(([fault, ms]) =>
        `${fault}: took up to ${Math.round(Math.max(...ms) / 1_000)} s, the target is ${
          longestRecoveryMs / 1_000
        } s`
      ),
    },
    seed,
    startedAt,
  );
}

/** Waits until everything that the hub has is stored. */
export async function untilStored(hub: Hub): Promise<void> {
  const behind = async () => (await hub.partitions()).some(({ last, checkpoint }) => checkpoint < last);
  while (await behind()) await new Promise((resolve) => setTimeout(resolve, 50));
}
