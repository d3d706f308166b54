import assert from "node:assert/strict";
import { durableLog } from "#emulator/log/durable_log.ts";
import { memoryLog } from "#emulator/log/memory_log.ts";
import type { NewEvents, PartitionLog, Place, Position } from "#emulator/log/partition_log.ts";
import { newEvents } from "#tests/emulator/log/new_events.ts";

const LOGS: Readonly<Record<string, (now: () => number, folder: string) => PartitionLog>> = {
  "in memory": (now) => memoryLog({ now }),
  "on disk": (now, folder) => durableLog(folder, { now, fsync: "none" }),
  "on disk, small files and no cache": (now, folder) =>
    durableLog(folder, { now, segmentBytes: 900, cacheBytes: 0 }),
};
const ALL = { count: 1000, bytes: 1e9 };

/** Events of growing size whose bytes tell their place. */
function events(count: number): NewEvents {
  const texts = Array.from(
    { length: count },
    (_, index) => ({ sequenceNumber }: Place) => `${sequenceNumber}${".".repeat(index * 10)}`,
  );
  return newEvents(...texts);
}

/** Reads everything from a number on, however little one read gives. */
function readAll(log: PartitionLog, from: number) {
  const records = [];
  for (;;) {
    const more = log.read(from, ALL);
    if (more.length === 0) return records;
    records.push(...more);
    from = records.at(-1)!.sequenceNumber + 1;
  }
}

for (const [name, open] of Object.entries(LOGS)) {
  Deno.test(`a log ${name} keeps the contract`, async (t) => {
    const folder = await Deno.makeTempDir();
    let clock = 1000;
    const log = open(() => clock, folder);
    await t.step("empty", () => {
      assert.equal(log.nextSequenceNumber, 0);
      assert.equal(log.last, undefined);
      assert.deepEqual(log.read(0, ALL), []);
      assert.equal(log.find({ kind: "earliest" }), 0);
      assert.equal(log.find({ kind: "offset", value: 0, inclusive: false }), undefined);
    });
    await t.step("appends are read back in order, and wake readers", async () => {
      let woken = 0;
      const stop = log.onAppend(() => woken++);
      for (let batch = 0; batch < 10; batch++, clock += 10) await log.append(events(10));
      stop();
      assert.equal(woken, 10);
      const records = readAll(log, 0);
      assert.deepEqual(
        records.map(({ sequenceNumber }) => sequenceNumber),
        Array.from({ length: 100 }, (_, n) => n),
      );
      assert.ok(
        records.every(({ message, sequenceNumber }) => parseInt(message.toString()) === sequenceNumber),
      );
      assert.ok(records.every(({ offset }, at) => at === 0 || offset > records[at - 1]!.offset));
      assert.deepEqual(
        records.map(({ enqueuedTimeMs }) => enqueuedTimeMs),
        records.map((_, n) => 1000 + 10 * Math.floor(n / 10)),
      );
    });
    await t.step("every position is found", () => {
      const records = readAll(log, 0);
      const last = records[99]!;
      const cases: readonly [Position, number | undefined][] = [
        [{ kind: "earliest" }, 0],
        [{ kind: "latest" }, 100],
        ...records.flatMap(({ offset, sequenceNumber }): [Position, number][] => [
          [{ kind: "offset", value: offset, inclusive: true }, sequenceNumber],
          [{ kind: "offset", value: offset, inclusive: false }, sequenceNumber + 1],
          [{ kind: "sequenceNumber", value: sequenceNumber, inclusive: true }, sequenceNumber],
          [{ kind: "sequenceNumber", value: sequenceNumber, inclusive: false }, sequenceNumber + 1],
        ]),
        [{ kind: "offset", value: last.offset + 1, inclusive: false }, undefined],
        [{ kind: "sequenceNumber", value: 100, inclusive: true }, 100],
        [{ kind: "sequenceNumber", value: 100, inclusive: false }, undefined],
        [{ kind: "enqueuedTimeMs", value: 1050, inclusive: true }, 50],
        [{ kind: "enqueuedTimeMs", value: 1050, inclusive: false }, 60],
        [{ kind: "enqueuedTimeMs", value: 0, inclusive: false }, 0],
        [{ kind: "enqueuedTimeMs", value: 9999, inclusive: false }, 100],
      ];
      for (const [position, expected] of cases) {
        assert.equal(log.find(position), expected, JSON.stringify(position));
      }
    });
    await t.step("limits hold, but one event always comes", () => {
      assert.equal(log.read(0, { count: 7, bytes: 1e9 }).length, 7);
      assert.equal(log.read(95, { count: 7, bytes: 1 }).length, 1);
    });
    await t.step("a closed log takes no more", async () => {
      await log.close();
      await assert.rejects(log.append(events(1)), /closed/);
    });
    await Deno.remove(folder, { recursive: true });
  });
}
