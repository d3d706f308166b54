import assert from "node:assert/strict";
import { keepSending } from "#pipeline/hub/keep_sending.ts";
import { memoryHub } from "#pipeline/hub/memory.ts";
import { bodies, drain, events } from "#tests/contracts/hub.ts";

/** A hub whose first sends fail, one with each of these errors; the pauses after them are written down. */
function failingHub(...failures: Error[]) {
  const real = memoryHub();
  const pauses: number[] = [];
  const logged: Record<string, unknown>[] = [];
  const hub = keepSending({
    ...real,
    send: (events, signal) =>
      failures.length > 0 ? Promise.reject(failures.shift()) : real.send(events, signal),
  }, {
    log: (event, fields) => logged.push({ event, ...fields }),
    wait: (ms) => Promise.resolve(void pauses.push(ms)),
  });
  return { hub, pauses, logged };
}

const away = (message: string) => Object.assign(new Error(message), { retryable: true });
const never = new AbortController().signal;

Deno.test("keepSending() sends until the hub accepts, and says why it tries again", async () => {
  const { hub, pauses, logged } = failingHub(away("it is busy"), away("it is gone"));
  await hub.send(events("BTC-USD", 3), never);
  assert.deepEqual(bodies(await drain(hub)), ["BTC-USD 0", "BTC-USD 1", "BTC-USD 2"]);
  assert.deepEqual(
    logged,
    ["it is busy", "it is gone"].map((reason, attempt) => ({
      event: "send.retry",
      events: 3,
      attempt,
      reason,
      retry_ms: pauses[attempt],
    })),
  );
});

Deno.test("keepSending() does not ask again where that can't help", async () => {
  const { hub, logged } = failingHub(new Error("it refuses"));
  await assert.rejects(hub.send(events("BTC-USD", 1), never), /it refuses/);
  assert.deepEqual(logged, []);
});

Deno.test("keepSending() ends with the signal", async () => {
  const stop = new AbortController();
  const hub = keepSending({ ...memoryHub(), send: () => Promise.reject(away("it is gone")) }, {
    log: () => {},
    wait: () => Promise.resolve(stop.abort()),
  });
  await assert.rejects(hub.send(events("BTC-USD", 1), stop.signal), /it is gone/);
});
