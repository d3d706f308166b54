import assert from "node:assert/strict";
import { partitionIntake } from "#pipeline/hub/intake.ts";
import { planBlobs } from "#pipeline/receive.ts";
import { playHistory } from "#tests/model/history.ts";
import { mutants, mutated } from "#tests/model/mutants.ts";

// `deno task faults` plays a million; a failure names its seed, which playHistory() plays again.
const histories = 8_000;
const firstSeed = Date.now() % 1_000_000;

Deno.test(`${histories} random histories lose nothing (seeds from ${firstSeed})`, async () => {
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    assert.equal(await playHistory({ partitionIntake, planBlobs }, seed), null, `seed ${seed}`);
  }
});

Deno.test.each([...mutants])("the model catches a mutant: $title", async (mutant) => {
  await using code = await mutated(mutant);
  for (let seed = 1; seed <= 5_000; seed++) if (await playHistory(code, seed) !== null) return;
  assert.fail("not caught in 5000 histories");
});
