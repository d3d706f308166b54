import { receive } from "#pipeline/receive.ts";
import { print, runCommand } from "./command.ts";
import type { Config } from "./config.ts";
import { duration, integer, toggle } from "./flags.ts";
import type { Logger } from "./log.ts";
import { healthPort, monitor } from "./monitor.ts";
import { openReceivingHub, openStore, processConfig } from "./open.ts";
import { textTable } from "./table.ts";

await runCommand({
  name: "receive",
  about: "Stores what Event Hubs holds as NDJSON blobs, from where it stopped last, until Ctrl-C.",
  operands: null,
  flags: {
    once: toggle("stop at the end that the hub has now"),
    status: toggle("receive nothing: show how far each partition is, and who receives it"),
    json: toggle("with --status: print JSON"),
    "batch-events": integer("put a blob after so many events", 50, { min: 1, max: 100_000 }),
    "batch-bytes": integer("or after so many bytes", 4_194_304, { min: 1_024, max: 268_435_456 }),
    "batch-age": duration("or when the oldest event has waited so long", "10s"),
    "health-port": healthPort,
  },
  examples: [
    "deno task receive",
    "deno task receive --once",
    "deno task receive --status",
    "deno task receive --batch-events 500 --batch-age 1m",
  ],
  async run({ flags, signal, logger }) {
    const config = processConfig();
    if (flags.status) return await showStatus(config, flags.json, logger);
    await using watched = monitor(flags["health-port"], logger);
    const store = watched.store(await openStore(config));
    await using hub = watched.hub(await openReceivingHub(config, watched.log));
    const limits = { events: flags["batch-events"], bytes: flags["batch-bytes"], ageMs: flags["batch-age"] };
    const progress = logger.progress("receive", 0);
    const onBatch = ({ events }: { events: number }) => progress.update(events, events);
    const totals = await receive(hub, store, { limits, once: flags.once, onBatch }, signal);
    progress.stop();
    print(`${totals.ticks} ticks and ${totals.rejects} rejects stored in ${totals.blobs} blobs`);
    return 0;
  },
});

async function showStatus(config: Config, json: boolean, logger: Logger): Promise<number> {
  await using hub = await openReceivingHub(config, logger.log);
  const rows = (await hub.partitions()).map(({ partition, owner, checkpoint, first, last, generation }) => {
    // What the hub no longer has can't be caught up on.
    const lag = last - Math.max(checkpoint, first - 1);
    return { partition, owner, checkpoint, end: last, lag, generation };
  });
  print(json ? JSON.stringify(rows, null, 2) : textTable(rows));
  return 0;
}
