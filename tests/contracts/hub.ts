import assert from "node:assert/strict";
import type { Hub, HubBatch, HubEvent, OutgoingEvent, ReceiveOptions } from "#pipeline/hub/hub.ts";

/** A hub under test: empty, with four partitions. */
export interface OpenedHub extends AsyncDisposable {
  readonly hub: Hub;
}

const never = new AbortController().signal;
const once: ReceiveOptions = { limits: { events: 50, bytes: 1e6, ageMs: 60_000 }, once: true };

/** Events of a key, with numbered bodies. */
export function events(key: string, count: number, from = 0): OutgoingEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    partitionKey: key,
    body: new TextEncoder().encode(`${key} ${from + index}`),
  }));
}

/** The bodies as texts. */
export function bodies(batches: readonly HubBatch[]): string[] {
  return batches.flatMap((batch) => batch.events).map(({ body }) => new TextDecoder().decode(body));
}

/** Everything between the consumer group's place and the hub's end. */
export async function drain(hub: Hub, options: Partial<ReceiveOptions> = {}): Promise<HubBatch[]> {
  const batches: HubBatch[] = [];
  await hub.receive((batch) => Promise.resolve(void batches.push(batch)), { ...once, ...options }, never);
  return batches;
}

/** What every hub promises. */
export function hubContract(name: string, open: () => Promise<OpenedHub>): void {
  const promise = (title: string, check: (hub: Hub) => Promise<void>) =>
    Deno.test(`${name} ${title}`, async () => {
      await using opened = await open();
      await check(opened.hub);
    });

  promise("hands over what was sent, each key's events in their order", async (hub) => {
    const keys = ["BTC-USD", "ETH-USD", "SOL-USD"];
    for (const from of [0, 40]) await hub.send(keys.flatMap((key) => events(key, 40, from)), never);
    const received = bodies(await drain(hub));
    assert.equal(received.length, 240);
    for (const key of keys) {
      const own = received.filter((body) => body.startsWith(key));
      assert.deepEqual(own, Array.from({ length: 80 }, (_, index) => `${key} ${index}`));
    }
  });

  promise(
    "numbers a partition's events without a gap, and says which partition and generation",
    async (hub) => {
      await hub.send(events("BTC-USD", 120), never);
      const batches = await drain(hub);
      assert.deepEqual(batches.map(({ first, last }) => [first, last]), [[0, 49], [50, 99], [100, 119]]);
      assert.equal(new Set(batches.map(({ partition, generation }) => `${partition} ${generation}`)).size, 1);
      const all: HubEvent[] = batches.flatMap((batch) => batch.events);
      assert.deepEqual(all.map(({ sequenceNumber }) => sequenceNumber), all.map((_, index) => index));
      for (const { enqueuedAt } of all) assert.match(enqueuedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    },
  );

  promise("goes on after what was handled, and gives nothing when there is nothing new", async (hub) => {
    await hub.send(events("BTC-USD", 10), never);
    assert.equal(bodies(await drain(hub)).length, 10);
    assert.deepEqual(await drain(hub), []);
    await hub.send(events("BTC-USD", 5, 10), never);
    assert.deepEqual(
      bodies(await drain(hub)),
      Array.from({ length: 5 }, (_, index) => `BTC-USD ${index + 10}`),
    );
  });

  promise("delivers a batch again when its handler throws, and loses nothing", async (hub) => {
    await hub.send(events("BTC-USD", 100), never);
    const stored: HubBatch[] = [];
    let failures = 0;
    await hub.receive(
      (batch) => {
        if (failures < 2) return Promise.reject(new Error(`failure ${failures++}`));
        return Promise.resolve(void stored.push(batch));
      },
      once,
      never,
    );
    assert.equal(failures, 2);
    assert.deepEqual(bodies(stored), Array.from({ length: 100 }, (_, index) => `BTC-USD ${index}`));
  });

  promise("forgets nothing of what a receiver was stopped over", async (hub) => {
    await hub.send(events("BTC-USD", 100), never);
    const stop = new AbortController();
    const handled: HubBatch[] = [];
    await hub.receive(
      (batch) => {
        if (batch.first >= 50) {
          stop.abort();
          return Promise.reject(new Error("the store is down"));
        }
        return Promise.resolve(void handled.push(batch));
      },
      once,
      stop.signal,
    );
    assert.equal(bodies(handled).length, 50);
    assert.deepEqual(
      bodies(await drain(hub)),
      Array.from({ length: 50 }, (_, index) => `BTC-USD ${index + 50}`),
    );
  });

  promise("hands over a batch when its oldest event has waited long enough", async (hub) => {
    const stop = new AbortController();
    const handed = Promise.withResolvers<HubBatch>();
    const receiving = hub.receive(
      (batch) => {
        handed.resolve(batch);
        return Promise.resolve();
      },
      { limits: { events: 50, bytes: 1e6, ageMs: 50 }, once: false },
      stop.signal,
    );
    await hub.send(events("BTC-USD", 3), never);
    const { first, last } = await handed.promise;
    assert.equal(first, 0);
    assert(last <= 2);
    stop.abort();
    await receiving;
  });

  promise("hands over what it took in when the signal aborts, and then returns", async (hub) => {
    await hub.send(events("BTC-USD", 60), never);
    const stop = new AbortController();
    const handled: HubBatch[] = [];
    await hub.receive(
      (batch) => {
        handled.push(batch);
        stop.abort();
        return Promise.resolve();
      },
      { limits: { events: 50, bytes: 1e6, ageMs: 60_000 }, once: false },
      stop.signal,
    );
    const rest = await drain(hub);
    assert.deepEqual(
      bodies([...handled, ...rest]),
      Array.from({ length: 60 }, (_, index) => `BTC-USD ${index}`),
    );
  });

  promise("splits batches by bytes", async (hub) => {
    await hub.send(events("BTC-USD", 10), never);
    const batches = await drain(hub, { limits: { events: 50, bytes: 30, ageMs: 60_000 } });
    assert.deepEqual(batches.map((batch) => batch.events.length), [3, 3, 3, 1]);
  });

  promise("does not send after the signal", async (hub) => {
    await assert.rejects(hub.send(events("BTC-USD", 1), AbortSignal.abort()));
    assert.deepEqual(await drain(hub), []);
  });
}
