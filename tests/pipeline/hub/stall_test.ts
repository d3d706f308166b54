import assert from "node:assert/strict";
import { stallWatch } from "#pipeline/hub/stall.ts";

/** A watch whose clock moves by hand, and what it logged. */
function watched() {
  const logged: Record<string, unknown>[] = [];
  const clock = { ms: 0 };
  const look = stallWatch({ stallMs: 30_000, log: (_, fields) => logged.push(fields), now: () => clock.ms });
  return { look, logged, clock };
}

Deno.test("stallWatch() finds a partition that stands still while the hub has more", () => {
  const { look, logged, clock } = watched();
  assert.equal(look("0", { position: 5, busy: false }, 9), false);
  clock.ms = 30_000;
  assert.equal(look("0", { position: 5, busy: false }, 12), true);
  assert.deepEqual(logged, [{ partition: "0", position: 5, end: 12, stalledMs: 30_000, waitsFor: "hub" }]);
});

Deno.test("stallWatch() says so when the store is to blame, and leaves the hub alone", () => {
  const { look, logged, clock } = watched();
  look("0", { position: 5, busy: true }, 9);
  clock.ms = 40_000;
  assert.equal(look("0", { position: 5, busy: true }, 9), false);
  assert.equal(logged[0]!.waitsFor, "store");
});

Deno.test("stallWatch() is content with progress, and with a partition that has no more", () => {
  const { look, logged, clock } = watched();
  for (const [position, end] of [[5, 9], [6, 99], [99, 99], [99, 99], [99, 100]] as const) {
    assert.equal(look("0", { position, busy: false }, end), false);
    clock.ms += 29_000;
  }
  assert.deepEqual(logged, []);
});
