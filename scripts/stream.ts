import { openSource, sources } from "#pipeline/sources/index.ts";
import { stream } from "#pipeline/stream.ts";
import { symbolPattern } from "#pipeline/tick.ts";
import { print, runCommand, UsageError } from "./command.ts";
import { duration, integer, oneOf, pattern, speed, text, time } from "./flags.ts";
import { openSendingHub, processConfig } from "./open.ts";

/** Longer than a send takes, shorter than a command may take to end. */
const graceMs = 6_000;

await runCommand({
  name: "stream",
  about: "Streams ticks from a source into Event Hubs, until the source ends or Ctrl-C.",
  operands: null,
  flags: {
    source: oneOf(
      Object.entries(sources).map(([name, source]) => `${name}: ${source.about}`).join("; "),
      Object.keys(sources),
      "simulated",
    ),
    symbol: pattern("which pair [BTC-USD]", "SYMBOL", symbolPattern, "a pair such as BTC-USD"),
    count: integer("stop after so many ticks", null, { min: 1 }),
    speed: speed("ticks' time over clock time [max; 1x for a simulation without --count]"),
    seed: integer("simulated: the same seed gives the same walk", 1, { max: 2 ** 32 - 1 }),
    start: time("simulated: time of the first tick [so that the walk ends now; now without --count]"),
    step: duration("simulated: from one tick to the next", "1s"),
    file: text("replay: a file or a folder", "PATH", null),
  },
  examples: [
    "deno task stream --count 500",
    "deno task stream --source replay --file prices.csv --speed 60x",
  ],
  async run({ flags, signal, logger }) {
    if (flags.source === "replay" && flags.file === null) {
      throw new UsageError("--source replay needs --file");
    }
    const count = flags.count ?? Infinity;
    const endless = flags.source === "simulated" && count === Infinity;
    const source = openSource(flags.source, {
      symbol: flags.symbol ?? "BTC-USD",
      count,
      speed: flags.speed ?? (endless ? 1 : Infinity),
      seed: flags.seed,
      startMs: flags.start === null
        ? Date.now() - (endless ? 0 : count * flags.step)
        : Date.parse(flags.start),
      stepMs: flags.step,
      file: flags.file,
      log: logger.log,
    });
    await using hub = await openSendingHub(processConfig(), logger.log);
    const progress = logger.progress("stream", flags.count ?? 0);
    let sent = 0;
    const onSent = (ticks: readonly unknown[]) => progress.update(sent += ticks.length, flags.count ?? sent);
    const totals = await stream(source, hub, { batchTicks: 500, graceMs, onSent }, signal);
    progress.stop();
    print(`${totals.sent} ticks sent`);
    if (totals.unsent === 0) return 0;
    logger.log("stream.unsent", {
      ticks: totals.unsent,
      advice: "they were read but not accepted by the hub",
    });
    return 1;
  },
});
