import { startTask } from "#tests/tasks.ts";
import { httpProxy } from "#tests/faults/http_proxy.ts";
import { type CampaignOptions, type Outcome, outcome } from "#tests/faults/outcome.ts";
import { untilStored } from "#tests/faults/lanes.ts";
import { producer } from "#tests/faults/producer.ts";
import { faultStack } from "#tests/faults/stack.ts";

const mebibyte = 1_048_576;
const mostBurstMebibytes = 150;
const mostDownMebibytes = 256;
const burstEvents = 100_000;
const eventsASecond = 200;

/**
 * Leaves a receiver alone for `count` minutes with a trickle of events, and gives it a burst; then takes its store away
 * for as long while events go on, and gives it back. Linux only: memory is read from /proc.
 */
export async function memory({ seed, count, signal, onProgress }: CampaignOptions): Promise<Outcome> {
  const startedAt = performance.now();
  await using stack = await faultStack();
  await using hub = await stack.openHub();
  await using proxy = await httpProxy(stack.blobPort);
  const source = producer();
  const started = Promise.withResolvers<void>();
  proxy.script = ({ method }) => {
    if (method === "PUT") started.resolve();
    return null;
  };
  const receiver = startTask("receive", ["--batch-age", "1s"], stack.settings({ blobs: proxy.port }));
  const most = { mebibytes: 0 };
  const sampling = setInterval(() => {
    most.mebibytes = Math.max(most.mebibytes, residentMebibytes(receiver.pid));
  }, 200);
  const highest = async (work: () => Promise<void>) => {
    most.mebibytes = residentMebibytes(receiver.pid);
    await work();
    return most.mebibytes;
  };
  const trickle = async (everyMs: number, events: number) => {
    const until = performance.now() + count * 60_000;
    for (let turn = 0; performance.now() < until && !signal.aborted; turn++) {
      await source.send(hub, events);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      onProgress(turn);
    }
  };
  try {
    await source.send(hub, 200);
    await started.promise;
    await untilStored(hub);
    const base = residentMebibytes(receiver.pid);
    const idle = await highest(() => trickle(100, 1));
    const burst = await highest(async () => {
      await source.send(hub, burstEvents);
      await untilStored(hub);
    });
    proxy.script = () => 503;
    const before = source.sent;
    const down = await highest(() => trickle(1_000, eventsASecond));
    proxy.script = () => null;
    const backAt = performance.now();
    await untilStored(hub);
    const seconds = (performance.now() - backAt) / 1_000;
    const rate = (source.sent - before) / seconds;
    receiver.kill("SIGTERM");
    const { code } = await receiver.ended;
    const shortfalls = [
      ...(code === 0 ? [] : [`the receiver ended with ${code}`]),
      ...(burst - base <= mostBurstMebibytes ? [] : [`the burst took ${burst - base} MiB, more than 150`]),
      ...(down - base <= mostDownMebibytes
        ? []
        : [`the store's absence took ${down - base} MiB, more than 256`]),
      ...(rate >= 5 * eventsASecond
        ? []
        : [`caught up at ${Math.round(rate)} events/s, less than five times live`]),
    ];
    return outcome(
      {
        title: `${count} min of single events, 100,000 at once; ${count} min without a store`,
        balance: await source.balance(stack),
        figures: [
          `RSS ${base} MiB at first, ${idle} MiB while single events trickled in, ${burst} MiB with the burst`,
          `${down} MiB while the store was down and ${eventsASecond} events/s went on`,
          `${source.sent - before} events caught up in ${seconds.toFixed(1)} s, ${Math.round(rate)} events/s`,
        ],
        shortfalls,
      },
      seed,
      startedAt,
    );
  } finally {
    clearInterval(sampling);
  }
}

/** What a process has in memory, rounded. */
function residentMebibytes(pid: number): number {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Math.round(Number(kibibytes) * 1_024 / mebibyte);
}
