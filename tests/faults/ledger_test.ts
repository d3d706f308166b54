import assert from "node:assert/strict";
import { producer } from "#tests/faults/producer.ts";
import { outcome } from "#tests/faults/outcome.ts";
import { faultStack } from "#tests/faults/stack.ts";
import { planBlobs, receive } from "#pipeline/receive.ts";
import { encodeTick } from "#pipeline/tick.ts";

const never = new AbortController().signal;
const once = { limits: { events: 50, bytes: 1e6, ageMs: 60_000 }, once: true };

Deno.test({
  name: "the ledger sees what is lost and what nobody sent, and the audit sees the hole",
  // DuckDB keeps a message port open once it has run.
  sanitizeResources: false,
  async fn() {
    await using stack = await faultStack({ partitions: 1 });
    await using hub = await stack.openHub();
    const source = producer();
    await source.send(hub, 200);
    // A receiver that leaves the second batch out, as one with a mistake in it would.
    let puts = 0;
    const forgetful = {
      ...stack.store,
      put: (name: string, bytes: Uint8Array, metadata: Record<string, string>) =>
        ++puts === 2 ? Promise.resolve("created" as const) : stack.store.put(name, bytes, metadata),
    };
    await receive(hub, forgetful, once, never);
    const time = "2026-05-01T00:00:00.000Z";
    const body = encodeTick({
      ...{ id: "faults|C0-USD|x", source: "faults", symbol: "C0-USD", price: 1, size: null, side: null },
      ...{ time, received_at: time },
    });
    const stray = { body, sequenceNumber: 0, offset: "0", enqueuedAt: time };
    const batch = { generation: "other", partition: 0, first: 0, last: 0, events: [stray] };
    for (const { name, bytes } of planBlobs(batch)) await stack.store.put(name, bytes, {});
    const balance = await source.balance(stack);
    const { sent, lost, duplicates, unknown, lostByAudit } = balance;
    assert.deepEqual({ sent, lost, duplicates, unknown, lostByAudit }, {
      sent: 200,
      lost: 50,
      duplicates: 0,
      unknown: 1,
      lostByAudit: 50,
    });
    const { shortfalls } = outcome({ title: "", balance, figures: [] }, 1, 0);
    assert.deepEqual(shortfalls, ["lost: 50", "unknown: 1", "lostByAudit: 50"]);
  },
});
