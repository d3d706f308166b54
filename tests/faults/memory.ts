import { startTask } from "#tests/tasks.ts";
import { type HttpProxy, httpProxy } from "#tests/faults/http_proxy.ts";
import { type CampaignOptions, type Outcome, outcome } from "#tests/faults/outcome.ts";
import { untilStored } from "#tests/faults/lanes.ts";
import { type Producer, producer } from "#tests/faults/producer.ts";
import { faultStack } from "#tests/faults/stack.ts";

const mostBurstMebibytes = 150;
const mostDownMebibytes = 256;
const burstEvents = 100_000;
const eventsASecond = 200;

/** A receiver at work, a process of its own, whose memory is measured. */
interface Measured {
  readonly source: Producer;
  readonly proxy: HttpProxy;
  /** Memory when it had done its first work, MiB. */
  readonly base: number;
  readonly send: (count: number) => Promise<void>;
  readonly untilStored: () => Promise<void>;
  /** The most memory that it has while something goes on, MiB. */
  readonly highest: (work: () => Promise<void>) => Promise<number>;
}

type Findings = Pick<Outcome, "title" | "figures" | "shortfalls">;

/** Leaves a receiver alone with single events for `count` minutes, and then gives it 100,000 at once. */
export function idleMemory(options: CampaignOptions): Promise<Outcome> {
  return measured(options, async ({ base, send, untilStored, highest }) => {
    const idle = await highest(() => trickle(options, () => send(1), 100));
    const burst = await highest(async () => {
      await send(burstEvents);
      await untilStored();
    });
    return {
      title: `${options.count} min of single events, then ${burstEvents} at once`,
      figures: [
        `RSS ${base} MiB at first, ${idle} MiB at most with single events, ${burst} MiB with the burst`,
      ],
      shortfalls: burst - base <= mostBurstMebibytes ? [] : [`${burst - base} MiB more, the target is 150`],
    };
  });
}

/** Takes a receiver's store away for `count` minutes while events go on, and gives it back. */
export function downMemory(options: CampaignOptions): Promise<Outcome> {
  return measured(options, async ({ base, source, proxy, send, untilStored, highest }) => {
    const before = source.sent;
    proxy.script = () => 503;
    const down = await highest(() => trickle(options, () => send(eventsASecond), 1_000));
    proxy.script = () => null;
    const backAt = performance.now();
    await untilStored();
    const seconds = (performance.now() - backAt) / 1_000;
    const missed = source.sent - before;
    const rate = Math.round(missed / seconds);
    return {
      title: `${options.count} min without a store, events going on`,
      figures: [
        `RSS ${base} MiB at first, ${down} MiB at most while the store was down`,
        `${missed} events caught up in ${seconds.toFixed(1)} s: ${rate} events/s`,
      ],
      shortfalls: [
        ...(down - base <= mostDownMebibytes ? [] : [`${down - base} MiB more, the target is 256`]),
        ...(rate >= 5 * eventsASecond
          ? []
          : [`${rate} events/s, less than five times the ${eventsASecond} live`]),
      ],
    };
  });
}

async function measured(
  { seed }: CampaignOptions,
  find: (given: Measured) => Promise<Findings>,
): Promise<Outcome> {
  const startedAt = performance.now();
  await using stack = await faultStack();
  await using hub = await stack.openHub();
  const started = Promise.withResolvers<void>();
  await using proxy = await httpProxy(stack.blobPort, ({ method }) => {
    if (method === "PUT") started.resolve();
    return null;
  });
  const source = producer();
  const receiver = startTask("receive", ["--batch-age", "1s"], stack.settings({ blobs: proxy.port }));
  await source.send(hub, 200);
  await Promise.race([started.promise, receiver.ended]);
  await untilStored(hub);
  const findings = await find({
    source,
    proxy,
    base: await residentMebibytes(receiver.pid),
    send: (count) => source.send(hub, count),
    untilStored: () => untilStored(hub),
    highest: (work) => highestMemory(receiver.pid, work),
  });
  receiver.kill("SIGTERM");
  const { code } = await receiver.ended;
  const shortfalls = [...findings.shortfalls, ...(code === 0 ? [] : [`the receiver ended with ${code}`])];
  return outcome({ ...findings, shortfalls, balance: await source.balance(stack) }, seed, startedAt);
}

async function highestMemory(pid: number, work: () => Promise<void>): Promise<number> {
  let most = 0;
  let over = false;
  const working = work().finally(() => over = true);
  while (!over) {
    most = Math.max(most, await residentMebibytes(pid));
    await Promise.race([working, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
  await working;
  return most;
}

async function trickle(
  { count, signal, onProgress }: CampaignOptions,
  send: () => Promise<void>,
  everyMs: number,
): Promise<void> {
  const startedAt = performance.now();
  const minutes = () => (performance.now() - startedAt) / 60_000;
  while (minutes() < count && !signal.aborted) {
    await send();
    onProgress(Math.floor(minutes()));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** What a process has in memory. Asked of `ps`, since Deno keeps /proc to itself. */
async function residentMebibytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] }).output();
  return Math.round(Number(new TextDecoder().decode(stdout)) / 1_024);
}
