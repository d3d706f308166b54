import assert from "node:assert/strict";
import { intake } from "#emulator/intake.ts";

Deno.test("intake() stops reading above the limit, and goes on at half of it", () => {
  const calls: string[] = [];
  const { begin } = intake({ pause: () => calls.push("pause"), resume: () => calls.push("resume") }, 100);
  const ends = [begin(60), begin(40)];
  assert.deepEqual(calls, []);
  ends.push(begin(1), begin(50));
  assert.deepEqual(calls, ["pause"]);
  ends[0]!();
  assert.deepEqual(calls, ["pause"]);
  ends[1]!();
  assert.deepEqual(calls, ["pause"]);
  ends[2]!();
  assert.deepEqual(calls, ["pause", "resume"]);
});
