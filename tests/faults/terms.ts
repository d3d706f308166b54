import { seeded } from "#tests/random.ts";
import { runTask, startTask } from "#tests/tasks.ts";
import { httpProxy } from "#tests/faults/http_proxy.ts";
import { type CampaignOptions, type Outcome, outcome, spread } from "#tests/faults/outcome.ts";
import { producer } from "#tests/faults/producer.ts";
import { faultStack } from "#tests/faults/stack.ts";

const longestEndMs = 8_000;

/** Sends SIGTERM to receivers at work, one after the other, each around its k-th put. None may read anything twice. */
export async function terms({ seed, count, signal, onProgress }: CampaignOptions): Promise<Outcome> {
  const startedAt = performance.now();
  const random = seeded(seed);
  await using stack = await faultStack();
  await using hub = await stack.openHub();
  const source = producer();
  const endMs: number[] = [];
  const failures: string[] = [];
  while (endMs.length < count && !signal.aborted) {
    await source.send(hub, 400);
    const putsBefore = random.below(8);
    const due = Promise.withResolvers<void>();
    let puts = 0;
    await using proxy = await httpProxy(stack.blobPort, ({ method, path }) => {
      if (method === "PUT" && path.includes("/ticks/") && puts++ === putsBefore) due.resolve();
      return null;
    });
    // What doesn't fill a batch would wait for an hour: only the flush at the end stores it.
    const args = ["--batch-events", String(random.pick([10, 20, 30])), "--batch-age", "1h"];
    const receiver = startTask("receive", args, stack.settings({ blobs: proxy.port }));
    const over = receiver.ended.then(() => true);
    const early = await Promise.race([over, due.promise.then(() => false)]);
    await new Promise((resolve) => setTimeout(resolve, random.next() * 20));
    const askedMs = performance.now();
    if (!early) receiver.kill("SIGTERM");
    const { code, stderr } = await receiver.ended;
    endMs.push(performance.now() - askedMs);
    if (code !== 0) failures.push(`exit code ${code}: ${stderr.trim().split("\n").at(-1)}`);
    onProgress(endMs.length);
  }
  const last = await runTask("receive", ["--once"], stack.settings());
  if (last.code !== 0) failures.push(`the last receiver failed: ${last.stderr}`);
  const balance = await source.balance(stack);
  if (balance.redelivered > 0) failures.push(`${balance.redelivered} events were read twice`);
  const late = endMs.filter((ms) => ms > longestEndMs).length;
  if (late > 0) failures.push(`${late} took more than 8 s to end`);
  return outcome(
    {
      title: `${endMs.length} SIGTERMs`,
      balance,
      figures: [
        `ended after ${spread(endMs)}`,
        `${balance.redelivered} of ${balance.sent} events read twice`,
      ],
      shortfalls: failures,
    },
    seed,
    startedAt,
  );
}
