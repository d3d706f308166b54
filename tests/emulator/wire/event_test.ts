import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import rhea from "rhea";
import { parseEvent } from "#emulator/wire/event.ts";
import { encodeRuntimeMetrics, stampedBytes, stampEvent } from "#emulator/wire/stamp.ts";
import { WireError } from "#emulator/wire/values.ts";

const PLACE = {
  sequenceNumber: 2 ** 40 + 7,
  offset: 123456789012,
  enqueuedTimeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
};

/** Encodes by rhea, stamps, and decodes by rhea: the decoder under no test of ours. */
function stamped(message: Record<string, unknown>, partitionKey?: string): Record<string, unknown> {
  const bytes = rhea.message.encode(message as never);
  const event = parseEvent(bytes, { start: 0, end: bytes.length });
  const target = Buffer.alloc(stampedBytes(event, PLACE, partitionKey));
  stampEvent(event, PLACE, partitionKey, target);
  return rhea.message.decode(target) as unknown as Record<string, unknown>;
}

Deno.test("stampEvent() sets the broker's annotations and keeps only foreign ones", () => {
  const decoded = stamped({
    body: { a: [1, "b"] },
    subject: "s",
    durable: true,
    application_properties: { p: 1 },
    delivery_annotations: { "x-hop": 1 },
    message_annotations: {
      "x-own": "kept",
      "x-opt-offset": "forged",
      "x-opt-sequence-number": 1,
      "x-opt-partition-key": "forged",
      "com.microsoft:producer-id": 3,
      "x-other": { nested: true },
    },
  }, "key ✓");
  assert.deepEqual(decoded["message_annotations"], {
    "x-opt-sequence-number": PLACE.sequenceNumber,
    "x-opt-offset": String(PLACE.offset),
    "x-opt-enqueued-time": new Date(PLACE.enqueuedTimeMs),
    "x-opt-partition-key": "key ✓",
    "x-own": "kept",
    "x-other": { nested: true },
  });
  assert.equal(decoded["delivery_annotations"], undefined);
  assert.deepEqual(decoded["body"], { a: [1, "b"] });
  assert.equal(decoded["subject"], "s");
  assert.equal(decoded["durable"], true);
  assert.deepEqual(decoded["application_properties"], { p: 1 });
});

Deno.test("encodeRuntimeMetrics() gives delivery annotations that any decoder reads", () => {
  const metrics = encodeRuntimeMetrics({ last: { ...PLACE, sequenceNumber: -1 }, retrievedTimeMs: 5 });
  const decoded = rhea.message.decode(Buffer.concat([metrics, rhea.message.encode({ body: 1 })]));
  assert.deepEqual(decoded.delivery_annotations, {
    last_enqueued_sequence_number: -1,
    last_enqueued_offset: String(PLACE.offset),
    last_enqueued_time_utc: new Date(PLACE.enqueuedTimeMs),
    runtime_info_retrieval_time_utc: new Date(5),
  });
});

Deno.test("parseEvent() refuses a message cut short at any byte", () => {
  const bytes = rhea.message.encode({ body: "x".repeat(300), message_annotations: { own: "a" } });
  for (let end = 0; end < bytes.length; end++) {
    assert.throws(() => parseEvent(bytes, { start: 0, end }), WireError, `cut at ${end}`);
  }
});
