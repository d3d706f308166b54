import assert from "node:assert/strict";
import { hubFaults } from "#tests/faults/hub_faults.ts";
import { httpFaults } from "#tests/faults/http_proxy.ts";
import { kills } from "#tests/faults/kills.ts";
import type { CampaignOptions, Outcome } from "#tests/faults/outcome.ts";
import { storageFaults } from "#tests/faults/storage_faults.ts";
import { terms } from "#tests/faults/terms.ts";

// A share of what `deno task faults` does at length: each run has a seed of its own, which a failure names.
const seed = Date.now() % 1_000_000;
const options: CampaignOptions = {
  seed,
  count: 1,
  signal: new AbortController().signal,
  onProgress: () => {},
};

/** The SDK leaves a timer behind for a link that was still opening when it was cut off. */
const sdkLeaks = { sanitizeOps: false, sanitizeResources: false };

/** How long it took depends on what else the machine does, and is left to the long run. */
function survived({ balance, shortfalls }: Outcome): void {
  assert.deepEqual(shortfalls.filter((one) => !one.includes("took")), []);
  assert(balance !== null && balance.sent > 0 && balance.stored === balance.sent);
}

Deno.test({
  ...sdkLeaks,
  name: `receivers killed around their puts lose nothing and repeat nothing (seed ${seed})`,
  fn: async () => survived(await kills({ ...options, count: 4, events: 2_000 })),
});

Deno.test({
  ...sdkLeaks,
  name: `receivers that meet a fault of the blob store lose nothing and repeat nothing (seed ${seed})`,
  // A request that hangs takes its 15 s, and is left to the long run.
  fn: async () => survived(await storageFaults(options, httpFaults.filter((fault) => fault !== "hang"))),
});

Deno.test({
  ...sdkLeaks,
  name: `receivers whose hub fails them lose nothing and repeat nothing (seed ${seed})`,
  fn: async () => survived(await hubFaults(options, ["one-byte slices", "delay", "stolen", "RST"])),
});

Deno.test({
  ...sdkLeaks,
  name: `receivers that are asked to end do so in time, and nothing is read twice (seed ${seed})`,
  fn: async () => survived(await terms({ ...options, count: 2 })),
});
