import { receive } from "#pipeline/receive.ts";
import { print, runCommand } from "./command.ts";
import { duration, integer, toggle } from "./flags.ts";
import { openReceivingHub, openStore, processConfig } from "./open.ts";

await runCommand({
  name: "receive",
  about: "Stores what Event Hubs holds as NDJSON blobs, from where it stopped last, until Ctrl-C.",
  operands: null,
  flags: {
    once: toggle("stop at the end that the hub has now"),
    "batch-events": integer("put a blob after so many events", 50, { min: 1, max: 100_000 }),
    "batch-bytes": integer("or after so many bytes", 4_194_304, { min: 1_024, max: 268_435_456 }),
    "batch-age": duration("or when the oldest event has waited so long", "10s"),
  },
  examples: [
    "deno task receive",
    "deno task receive --once",
    "deno task receive --batch-events 500 --batch-age 1m",
  ],
  async run({ flags, signal, logger }) {
    const config = processConfig();
    const store = await openStore(config);
    await using hub = await openReceivingHub(config, logger.log);
    const limits = { events: flags["batch-events"], bytes: flags["batch-bytes"], ageMs: flags["batch-age"] };
    const progress = logger.progress("receive", 0);
    const onBatch = ({ events }: { events: number }) => progress.update(events, events);
    const totals = await receive(hub, store, { limits, once: flags.once, onBatch }, signal);
    progress.stop();
    print(`${totals.ticks} ticks and ${totals.rejects} rejects stored in ${totals.blobs} blobs`);
    return 0;
  },
});
