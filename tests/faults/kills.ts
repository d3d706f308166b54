import { runTask, startTask } from "#tests/tasks.ts";
import { seeded } from "#tests/random.ts";
import { type HttpProxy, httpProxy } from "#tests/faults/http_proxy.ts";
import { type CampaignOptions, type Outcome, outcome } from "#tests/faults/outcome.ts";
import { producer } from "#tests/faults/producer.ts";
import { faultStack } from "#tests/faults/stack.ts";

/** Two at a time steal each other's partitions, and one starts while the other works. */
const receiversAtOnce = 2;

/**
 * Kills receivers with SIGKILL, real processes, each at a random moment around its k-th put: before it reached the
 * store, while it was carried out, before or after the checkpoint. Each cuts its batches to another size.
 */
export async function kills(
  { seed, count, signal, onProgress, events }: CampaignOptions & { readonly events: number },
): Promise<Outcome> {
  const startedAt = performance.now();
  const random = seeded(seed);
  await using stack = await faultStack();
  await using hub = await stack.openHub();
  const source = producer();
  let killed = 0;
  let completed = 0;
  let begun = 0;

  async function receiveAndKill(): Promise<void> {
    await source.send(hub, Math.ceil(events / count));
    const putsBefore = random.below(16);
    const delayMs = random.next() * 30;
    const batch = random.pick([10, 50, 50, 200]);
    const due = Promise.withResolvers<void>();
    let puts = 0;
    await using proxy: HttpProxy = await httpProxy(stack.blobPort, ({ method }) => {
      if (method === "PUT" && puts++ === putsBefore) due.resolve();
      return null;
    });
    const args = ["--once", "--batch-events", String(batch)];
    const receiver = startTask("receive", args, stack.settings({ blobs: proxy.port }));
    const over = receiver.ended.then(() => true);
    if (await Promise.race([over, due.promise.then(() => false)])) return void completed++;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (await Promise.race([over, Promise.resolve(false)])) return void completed++;
    receiver.kill("SIGKILL");
    await receiver.ended;
    onProgress(++killed);
  }

  await Promise.all(Array.from({ length: receiversAtOnce }, async () => {
    while (begun < count + completed && !signal.aborted) {
      begun++;
      await receiveAndKill();
    }
  }));
  const last = await runTask("receive", ["--once", "--batch-events", "500"], stack.settings());
  const failed = last.code === 0 ? [] : [`the last receiver failed: ${last.stderr}`];
  const balance = await source.balance(stack);
  const figures = [
    `${balance.sent} events, ${balance.redelivered} stored more than once and read once`,
    `${completed} further receivers ended before their kill`,
  ];
  return outcome({ title: `${killed} SIGKILLs`, balance, figures, shortfalls: failed }, seed, startedAt);
}
