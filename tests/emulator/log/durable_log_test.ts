import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import fc from "fast-check";
import { durableLog, type DurableLogOptions } from "#emulator/log/durable_log.ts";
import type { LogRecord, PartitionLog } from "#emulator/log/partition_log.ts";
import { newEvents } from "#tests/emulator/log/new_events.ts";

const ALL = { count: 1e6, bytes: 1e9 };

/** A folder that is gone afterwards. */
function temporaryFolder() {
  const path = Deno.makeTempDirSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

function texts(log: PartitionLog): string[] {
  const records: LogRecord[] = [];
  for (let from = log.beginSequenceNumber; from < log.nextSequenceNumber;) {
    records.push(...log.read(from, ALL));
    from = records.at(-1)!.sequenceNumber + 1;
  }
  return records.map(({ message }) => message.toString());
}

/** Opens, uses and closes a log. */
async function withLog<T>(
  folder: string,
  options: DurableLogOptions,
  use: (log: PartitionLog) => T,
): Promise<Awaited<T>> {
  const log = durableLog(folder, options);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

Deno.test("a log opened again has everything, under any batching and any file size", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 8 }), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.integer({ min: 60, max: 600 }),
      fc.constantFrom("none" as const, "batch" as const),
      async (batches, segmentBytes, fsync) => {
        using folder = temporaryFolder();
        const options = { segmentBytes, fsync, cacheBytes: 64 };
        for (const each of batches) {
          await withLog(folder.path, options, (log) => log.append(newEvents(...each)));
        }
        await withLog(folder.path, options, (log) => {
          assert.deepEqual(texts(log), batches.flat());
          assert.equal(log.last?.sequenceNumber, batches.flat().length - 1);
        });
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("a file cut at any byte loses the torn batch, whole, and nothing else", async () => {
  using folder = temporaryFolder();
  await withLog(folder.path, {}, async (log) => {
    await log.append(newEvents("one", "two"));
    await log.append(newEvents("three"));
  });
  const kept = (await withLog(folder.path, {}, (log) => log.sizeBytes)) + 40;
  await withLog(folder.path, {}, (log) => log.append(newEvents("four", "five", "six")));
  const [file] = [...Deno.readDirSync(folder.path)];
  const bytes = await Deno.readFile(`${folder.path}/${file!.name}`);
  for (let length = kept; length < bytes.length; length++) {
    await Deno.writeFile(`${folder.path}/${file!.name}`, bytes.subarray(0, length));
    await withLog(folder.path, { fsync: "none" }, async (log) => {
      assert.deepEqual(texts(log), ["one", "two", "three"], `cut at ${length}`);
      await log.append(newEvents("again"));
      assert.equal(log.last?.sequenceNumber, 3);
    });
  }
});

Deno.test("damage before whole events is an error that names the file, not a loss", async () => {
  using folder = temporaryFolder();
  await withLog(folder.path, {}, async (log) => {
    for (const text of ["one", "two", "three"]) await log.append(newEvents(text));
  });
  const path = `${folder.path}/${[...Deno.readDirSync(folder.path)][0]!.name}`;
  const bytes = await Deno.readFile(path);
  bytes[62]! ^= 1;
  await Deno.writeFile(path, bytes);
  assert.throws(() => durableLog(folder.path), new RegExp(`${path} is damaged.*whole events follow`));
  assert.deepEqual(await Deno.readFile(path), bytes);
});

Deno.test("a batch that the disk refuses leaves no trace", async () => {
  using folder = temporaryFolder();
  let full = false;
  const writeBytes = (file: Deno.FsFile, bytes: Buffer) => {
    if (full) {
      file.writeSync(bytes.subarray(0, bytes.length - 5));
      throw new Error("No space left on device");
    }
    file.writeSync(bytes);
  };
  await withLog(folder.path, { writeBytes }, async (log) => {
    await log.append(newEvents("one"));
    full = true;
    await assert.rejects(log.append(newEvents("two", "three")), /No space left/);
    full = false;
    await log.append(newEvents("four"));
    assert.deepEqual(texts(log), ["one", "four"]);
  });
  assert.deepEqual(await withLog(folder.path, {}, texts), ["one", "four"]);
});

Deno.test("a disk that has no room for the next file takes events again as soon as it has", async () => {
  for (const fsync of ["none", "batch"] as const) {
    using folder = temporaryFolder();
    const options = { segmentBytes: 60, fsync };
    await withLog(folder.path, options, async (log) => {
      await log.append(newEvents("one"));
      // A folder of that name keeps the file from being made, as a full disk does.
      const next = `${folder.path}/0000000000000001.log`;
      await Deno.mkdir(next);
      for (const text of ["two", "three"]) await assert.rejects(log.append(newEvents(text)), /0+1\.log/);
      await Deno.remove(next);
      await log.append(newEvents("four"));
      await log.append(newEvents("five"));
      assert.deepEqual(texts(log), ["one", "four", "five"]);
    });
    assert.deepEqual(await withLog(folder.path, options, texts), ["one", "four", "five"]);
  }
});

Deno.test("a file past its retention that can't be deleted costs no event, and goes as soon as it can", async () => {
  using folder = temporaryFolder();
  const options = { segmentBytes: 60, retentionBytes: 400, fsync: "none" as const };
  await withLog(folder.path, options, async (log) => {
    await log.append(newEvents("x".repeat(90)));
    const first = `${folder.path}/0000000000000000.log`;
    await Deno.remove(first);
    await Deno.mkdir(`${first}/held`, { recursive: true });
    for (let number = 1; number < 6; number++) {
      await log.append(newEvents(`${number} ${"x".repeat(90)}`));
      assert.equal(log.last?.sequenceNumber, number);
    }
    assert.throws(() => log.dropExpired());
    assert.equal(log.beginSequenceNumber, 0);
    await Deno.remove(`${first}/held`);
    log.dropExpired();
    assert.ok(log.beginSequenceNumber > 0);
  });
});

Deno.test("appends at once all come back, in the order given, from few syncs", async () => {
  using folder = temporaryFolder();
  await withLog(folder.path, {}, async (log) => {
    const names = Array.from({ length: 200 }, (_, index) => `event ${index}`);
    await Promise.all(names.map((name) => log.append(newEvents(name))));
    assert.deepEqual(texts(log), names);
  });
});

Deno.test("retention by size drops whole files from the front and remembers the numbers", async () => {
  using folder = temporaryFolder();
  const options = { retentionBytes: 4000, fsync: "none" as const };
  const kept = await withLog(folder.path, options, async (log) => {
    for (let number = 0; number < 200; number++) {
      await log.append(newEvents(`event ${number} ${"x".repeat(80)}`));
    }
    assert.ok(log.beginSequenceNumber > 100);
    assert.ok(log.sizeBytes <= 4000);
    assert.equal(log.read(0, ALL)[0]?.sequenceNumber, log.beginSequenceNumber);
    return log.beginSequenceNumber;
  });
  await withLog(folder.path, options, (log) => {
    assert.equal(log.beginSequenceNumber, kept);
    assert.equal(log.nextSequenceNumber, 200);
  });
});

Deno.test("retention by age empties even an idle log, and its last place survives", async () => {
  using folder = temporaryFolder();
  let clock = 1_000_000;
  const options = { retentionMs: 5000, now: () => clock };
  const last = await withLog(folder.path, options, async (log) => {
    await log.append(newEvents("old", "older"));
    const { last } = log;
    clock += 5001;
    log.dropExpired();
    assert.deepEqual(texts(log), []);
    assert.equal(log.beginSequenceNumber, 2);
    assert.deepEqual(log.last, last);
    return last;
  });
  await withLog(folder.path, options, async (log) => {
    assert.deepEqual(log.last, last);
    await log.append(newEvents("new"));
    assert.equal(log.last?.sequenceNumber, 2);
    assert.deepEqual(texts(log), ["new"]);
  });
});
