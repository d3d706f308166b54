import { fileURLToPath } from "node:url";
import type { HubPartition } from "#pipeline/hub/hub.ts";
import { seeded } from "#tests/random.ts";
import { runTask } from "#tests/tasks.ts";
import { type CampaignOptions, type Outcome, outcome } from "#tests/faults/outcome.ts";
import { producer } from "#tests/faults/producer.ts";
import { faultStack } from "#tests/faults/stack.ts";

const mostAtOnce = 4;
const longestStillMs = 75_000;

/**
 * Adds and removes receivers that share the partitions, real processes whose clocks are up to 120 s off, and some end
 * by SIGKILL. Measures how long a partition with something to store stood still.
 */
export async function sharing({ seed, count, signal, onProgress }: CampaignOptions): Promise<Outcome> {
  const startedAt = performance.now();
  const random = seeded(seed);
  await using stack = await faultStack();
  await using hub = await stack.openHub();
  const source = producer();
  const running: Deno.ChildProcess[] = [];
  const still = stillness();
  let added = 0;
  let killed = 0;

  const add = () => {
    const offMs = random.pick([-120_000, -60_000, 0, 60_000, 120_000]);
    const script = fileURLToPath(new URL("./skewed_receive.ts", import.meta.url));
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const { cwd, env } = stack.settings();
    running.push(
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-q",
          `--config=${config}`,
          "-P=test",
          "--no-prompt",
          script,
          String(offMs),
          "--batch-age",
          "500ms",
        ],
        cwd,
        env,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn(),
    );
    added++;
  };
  const remove = async () => {
    const [gone] = running.splice(random.below(running.length), 1) as [Deno.ChildProcess];
    const harsh = random.next() < 0.3;
    if (harsh) killed++;
    gone.kill(harsh ? "SIGKILL" : "SIGTERM");
    await gone.status;
  };
  const watch = async (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until;) {
      await source.send(hub, 40);
      still.look(await hub.partitions());
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  add();
  while (added < count && !signal.aborted) {
    if (running.length === 1 || (running.length < mostAtOnce && random.next() < 0.5)) add();
    else await remove();
    await watch(500 + random.next() * 2_500);
    onProgress(added);
  }
  // The last ones have as long as the target gives them.
  const give = performance.now();
  const behind = async () => (await hub.partitions()).some(({ last, checkpoint }) => checkpoint < last);
  while (await behind() && performance.now() - give < longestStillMs) {
    still.look(await hub.partitions());
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  while (running.length > 0) await remove();
  const last = await runTask("receive", ["--once"], stack.settings());
  const longest = still.longestMs();
  const shortfalls = longest > longestStillMs
    ? [`a partition stood still for ${Math.round(longest / 1_000)} s`]
    : [];
  if (last.code !== 0) shortfalls.push(`the last receiver failed: ${last.stderr}`);
  const balance = await source.balance(stack);
  return outcome(
    {
      title: `${added} receivers added and removed, clocks up to 120 s off`,
      balance,
      figures: [
        `${killed} of them removed by SIGKILL, at most ${mostAtOnce} at once`,
        `a partition with something to store stood still for ${(longest / 1_000).toFixed(1)} s at most`,
        `${balance.redelivered} of ${balance.sent} events stored more than once and read once`,
      ],
      shortfalls,
    },
    seed,
    startedAt,
  );
}

/** Measures how long a partition that is behind makes no progress. */
function stillness() {
  const marks = new Map<number, { readonly checkpoint: number; readonly atMs: number }>();
  let longest = 0;
  return {
    look(partitions: readonly HubPartition[]) {
      const now = performance.now();
      for (const { partition, checkpoint, last } of partitions) {
        const mark = marks.get(partition);
        if (mark === undefined || mark.checkpoint !== checkpoint) {
          marks.set(partition, { checkpoint, atMs: now });
        }
        if (mark !== undefined && checkpoint < last) longest = Math.max(longest, now - mark.atMs);
      }
    },
    longestMs: () => longest,
  };
}
