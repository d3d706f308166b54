import { partitionIntake } from "#pipeline/hub/intake.ts";
import { planBlobs } from "#pipeline/receive.ts";
import { playHistory } from "#tests/model/history.ts";
import { mutants, mutated } from "#tests/model/mutants.ts";
import { type CampaignOptions, type Outcome, outcome } from "#tests/faults/outcome.ts";

const mostForAMutant = 10_000;

/** Plays random histories against the real planning code, and against mutants of it that have to be caught. */
export async function histories({ seed, count, signal, onProgress }: CampaignOptions): Promise<Outcome> {
  const startedAt = performance.now();
  const shortfalls: string[] = [];
  let played = 0;
  for (; played < count && !signal.aborted; played++) {
    const wrong = await playHistory({ partitionIntake, planBlobs }, seed + played);
    if (wrong !== null) shortfalls.push(`seed ${seed + played}: ${wrong}`);
    if (played % 1_000 === 0) onProgress(played);
  }
  const figures: string[] = [];
  for (const mutant of mutants) {
    await using code = await mutated(mutant);
    let tries = 1;
    while (tries <= mostForAMutant && await playHistory(code, seed + tries) === null) tries++;
    if (tries > mostForAMutant) shortfalls.push(`mutant not caught: ${mutant.title}`);
    else figures.push(`mutant "${mutant.title}" caught in history ${tries}`);
  }
  return outcome(
    { title: `${played} random histories`, balance: null, figures, shortfalls },
    seed,
    startedAt,
  );
}
