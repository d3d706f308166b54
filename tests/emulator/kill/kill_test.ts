import assert from "node:assert/strict";
import rhea from "rhea";
import { durableLog } from "#emulator/log/durable_log.ts";
import { seeded } from "#tests/random.ts";
import { sendUntilCut } from "#tests/emulator/kill/acknowledged.ts";

/** More, for a longer run, through `TICKLAKE_KILL_EVENTS`; a failing run again through `TICKLAKE_KILL_SEED`. */
const EVENTS = Number(Deno.env.get("TICKLAKE_KILL_EVENTS") ?? 100_000);
/** Twice what a partition gets, so that nothing is dropped, but its log takes several files. */
const RETENTION_BYTES = EVENTS * 150;
const SEED = Number(Deno.env.get("TICKLAKE_KILL_SEED") ?? Date.now() % 1_000_000);

Deno.test(`no acknowledged event is lost or reordered by SIGKILL (seed ${SEED}, ${EVENTS} events)`, async () => {
  const folder = await Deno.makeTempDir();
  const random = seeded(SEED);
  const acknowledged: number[][] = [[], []];
  const next = [0, 0];
  let kills = 0;
  while (acknowledged.flat().length < EVENTS) {
    await using emulator = await startProcess(folder);
    const sending = [0, 1].map((partition) => sendUntilCut(emulator.port, partition, next[partition]!));
    await new Promise((resolve) => setTimeout(resolve, 20 + random.below(380)));
    emulator.kill();
    kills++;
    for (const [partition, outcome] of (await Promise.all(sending)).entries()) {
      acknowledged[partition]!.push(...outcome.acknowledged);
      next[partition] = outcome.next;
    }
  }
  const files = [...Deno.readDirSync(`${folder}/prices/0`)].filter(({ name }) => name.endsWith(".log"));
  assert.ok(files.length > 1, "the log never began a second file");
  for (const [partition, numbers] of acknowledged.entries()) {
    await check(`${folder}/prices/${partition}`, numbers);
  }
  assert.ok(kills >= 2, `${kills} kills prove little`);
  await Deno.remove(folder, { recursive: true });
});

/** Compares what a partition's log holds with what its producer was told is safe. */
async function check(folder: string, acknowledged: readonly number[]): Promise<void> {
  const log = durableLog(folder);
  const kept: number[] = [];
  for (let from = 0; from < log.nextSequenceNumber;) {
    const records = log.read(from, { count: 10_000, bytes: 1e7 });
    for (const { message } of records) kept.push(rhea.message.decode(message).body as number);
    from = records.at(-1)!.sequenceNumber + 1;
  }
  await log.close();
  const there = new Set(kept);
  assert.deepEqual(acknowledged.filter((number) => !there.has(number)), [], "acknowledged but gone");
  assert.equal(there.size, kept.length, "no event was sent twice, so none may be there twice");
  assert.deepEqual(kept, kept.toSorted((a, b) => a - b), "reordered");
}

/** An emulator in a process of its own, gone when disposed. */
async function startProcess(folder: string) {
  const script = new URL("./emulator_process.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, folder, String(RETENTION_BYTES)],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  return {
    port: Number(value),
    kill: () => child.kill("SIGKILL"),
    async [Symbol.asyncDispose]() {
      await lines.cancel();
      await child.status;
    },
  };
}
