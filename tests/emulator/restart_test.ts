import assert from "node:assert/strict";
import { earliestEventPosition } from "@azure/event-hubs";
import { startEmulator } from "#emulator/emulator.ts";
import { consumerOf, numbered, producerOf, readEvents } from "#tests/emulator/clients.ts";

const HUBS = [{ name: "prices", partitions: 2 }];

Deno.test("an emulator on a folder serves after a restart what it had, as the same hub", async () => {
  const data = await Deno.makeTempDir();
  let createdOn: Date;
  {
    await using emulator = await startEmulator({ hubs: HUBS, data });
    await using producer = producerOf(emulator);
    createdOn = (await producer.getEventHubProperties()).createdOn;
    await producer.sendBatch(numbered(100), { partitionId: "0" });
    await producer.sendBatch(numbered(50, 100), { partitionId: "1" });
  }
  {
    await using emulator = await startEmulator({ hubs: HUBS, data });
    await using producer = producerOf(emulator);
    await using consumer = consumerOf(emulator);
    assert.deepEqual((await producer.getEventHubProperties()).createdOn, createdOn);
    await producer.sendBatch(numbered(1, 150), { partitionId: "1" });
    const read = await readEvents(consumer, 151, { from: earliestEventPosition });
    const bodies = read.map(({ body }) => body as number).sort((a, b) => a - b);
    assert.deepEqual(bodies, Array.from({ length: 151 }, (_, number) => number));
    assert.equal(read.find(({ body }) => body === 150)!.sequenceNumber, 50);
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("a second emulator on the same folder is refused, and says who has it", async () => {
  const data = await Deno.makeTempDir();
  {
    await using _emulator = await startEmulator({ hubs: HUBS, data });
    await assert.rejects(
      startEmulator({ hubs: HUBS, data }),
      new RegExp(`The folder ${data} is in use by process ${Deno.pid}: stop it, or choose another folder`),
    );
  }
  await using _again = await startEmulator({ hubs: HUBS, data });
  await Deno.remove(data, { recursive: true });
});

Deno.test("a hub's partition count can't change with what is kept", async () => {
  const data = await Deno.makeTempDir();
  await (await startEmulator({ hubs: HUBS, data })).close();
  await assert.rejects(
    startEmulator({ hubs: [{ name: "prices", partitions: 3 }], data }),
    /has 2 partitions, not 3/,
  );
  await (await startEmulator({ hubs: HUBS, data })).close();
  await Deno.remove(data, { recursive: true });
});

Deno.test("an emulator whose disk is full goes on when it looks for what is past its retention", async () => {
  const data = await Deno.makeTempDir();
  const logged: string[] = [];
  const setTimer = globalThis.setInterval;
  let lookThrough = () => {};
  globalThis.setInterval = ((act: () => void, ms: number) => {
    if (ms === 60_000) lookThrough = act;
    return setTimer(act, ms);
  }) as typeof setInterval;
  try {
    const log = (event: string, { partition }: Readonly<Record<string, unknown>>) =>
      logged.push(`${event} ${partition}`);
    let now = Date.now();
    await using emulator = await startEmulator({ hubs: HUBS, data, retentionMs: 1, now: () => now, log });
    await using producer = producerOf(emulator);
    await producer.sendBatch(numbered(1), { partitionId: "0" });
    now += 1_000;
    // A folder of that name keeps the next file from being made, as a full disk does.
    await Deno.mkdir(`${data}/prices/0/0000000000000001.log`);
    logged.length = 0;
    lookThrough();
    assert.deepEqual(logged, ["log.retention_failed 0"]);
    await Deno.remove(`${data}/prices/0/0000000000000001.log`);
    lookThrough();
    assert.equal((await producer.getPartitionProperties("0")).isEmpty, true);
  } finally {
    globalThis.setInterval = setTimer;
  }
  await Deno.remove(data, { recursive: true });
});
