import assert from "node:assert/strict";
import { type ProducerIdentity, producerLedger } from "#emulator/producer_ledger.ts";

const NOBODY = { id: undefined, epoch: undefined, sequenceNumber: undefined };
const conditionOf = (error: { readonly condition: string } | undefined) => error?.condition;

function admitted(admission: ReturnType<ReturnType<typeof producerLedger>["admit"]>): ProducerIdentity {
  assert.ok(!("refusal" in admission));
  return admission;
}

Deno.test("a repeat waits for the first try, and is stored only if that failed", async () => {
  const ledger = producerLedger(100);
  const producer = admitted(ledger.admit(NOBODY));
  assert.deepEqual(producer, { id: 100, epoch: 0, sequenceNumber: 0 });
  for (const fails of [false, true]) {
    const disk = Promise.withResolvers<void>();
    let appends = 0;
    const first = fails ? 4 : 1;
    const batch = { producer, first, count: 3 };
    const tried = ledger.store(batch, () => {
      appends++;
      return disk.promise;
    });
    const repeated = ledger.store(batch, () => Promise.resolve(void appends++));
    if (fails) disk.reject(new Error("disk"));
    else disk.resolve();
    await Promise.allSettled([tried]);
    assert.equal(await repeated, undefined);
    assert.equal(appends, fails ? 2 : 1);
  }
});

Deno.test("a gap is refused, and an older epoch after a newer one has attached", async () => {
  const ledger = producerLedger(1);
  const old = admitted(ledger.admit({ id: 7, epoch: 1, sequenceNumber: 10 }));
  const append = () => Promise.resolve();
  assert.equal(
    conditionOf(await ledger.store({ producer: old, first: 12, count: 1 }, append)),
    "com.microsoft:out-of-order-sequence",
  );
  assert.equal(await ledger.store({ producer: old, first: 11, count: 2 }, append), undefined);
  const back = admitted(ledger.admit({ id: 7, epoch: 1, sequenceNumber: 10 }));
  assert.equal(back.sequenceNumber, 10, "a producer goes on from its own number");
  const next = admitted(ledger.admit({ id: 7, epoch: 2, sequenceNumber: 12 }));
  assert.equal(
    conditionOf(await ledger.store({ producer: old, first: 13, count: 1 }, append)),
    "com.microsoft:producer-epoch-stolen",
  );
  assert.equal(await ledger.store({ producer: next, first: 13, count: 1 }, append), undefined);
  const refused = ledger.admit({ id: 7, epoch: 1, sequenceNumber: 13 });
  assert.ok("refusal" in refused && refused.refusal.condition === "com.microsoft:producer-epoch-stolen");
});
