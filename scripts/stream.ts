import { keepSending } from "#pipeline/hub/keep_sending.ts";
import { type LiveSettings, openSources, sources, type SourceSettings } from "#pipeline/sources/index.ts";
import { stream } from "#pipeline/stream.ts";
import { symbolPattern, type Tick } from "#pipeline/tick.ts";
import { type Given, print, runCommand, UsageError } from "./command.ts";
import { duration, endpoints, integer, patterns, someOf, speed, text, time, toggle } from "./flags.ts";
import { healthLine, type Pulse, pulse, totalsText } from "./health.ts";
import type { Logger } from "./log.ts";
import { healthPort, monitor } from "./monitor.ts";
import { type Notes, notes } from "./notes.ts";
import { openSendingHub, openStore, processConfig, processPriceApis } from "./open.ts";

/** Longer than a send takes, shorter than a command may take to end. */
const graceMs = 5_000;

/** How long the last notes may take to be stored. */
const lastNotesMs = 1_500;

const streamFlags = {
  source: someOf(
    [...Object.entries(sources).map(([name, { about }]) => `${name}: ${about}`), "one or more of them"].join(
      "\n",
    ),
    Object.keys(sources),
    "simulated",
  ),
  symbol: patterns("which pairs", "SYMBOL,...", symbolPattern, "BTC-USD", "pairs such as BTC-USD"),
  count: integer("stop after so many ticks", null, { min: 1 }),
  fallback: toggle("only the first source, and the next one while it is silent"),
  patience: duration("with --fallback: how long it may be silent [30s; 10m and more for price APIs]", null),
  interval: duration("price APIs: from one request to the next [1m, 5m for coindesk]", null),
  stale: duration("exchanges: connect anew after so long without a trade", "15s"),
  url: endpoints("another endpoint: ws://HOST for an exchange, http://HOST for a price API"),
  speed: speed("ticks' time over clock time [max; 1x for a simulation without --count]"),
  seed: integer("simulated: the same seed gives the same walk", 1, { max: 2 ** 32 - 1 }),
  start: time("simulated: time of the first tick [so that the walk ends now; now without --count]"),
  step: duration("simulated: from one tick to the next", "1s"),
  file: text("replay: a file or a folder", "PATH", null),
  "health-port": healthPort,
};

type StreamFlags = Given<typeof streamFlags>["flags"];

await runCommand({
  name: "stream",
  about: "Streams ticks from sources into Event Hubs, until they end or Ctrl-C.",
  operands: null,
  flags: streamFlags,
  examples: [
    "deno task stream --count 500",
    "deno task stream --source replay --file prices.csv --speed 60x",
    "deno task stream --source binance,coinbase,kraken --symbol BTC-USD,ETH-USD",
    "deno task stream --source coinbase,coingecko --fallback",
  ],
  run,
});

async function run({ flags, signal, logger: terminal }: Given<typeof streamFlags>): Promise<number> {
  await using watched = monitor(flags["health-port"], terminal);
  const logger = { ...terminal, log: watched.log };
  const live = flags.source.some((name) => sources[name]!.protocol !== null);
  const beat = pulse();
  const kept = notes(() => openStore(processConfig()), logger.log);
  const source = openSources(
    flags.source,
    settingsOf(flags, beat, kept, logger),
    flags.fallback ? "fallback" : "together",
  );
  await using hub = keepSending(watched.hub(await openSendingHub(processConfig(), logger.log)), logger);
  const progress = live ? null : logger.progress("stream", flags.count ?? 0);
  let sent = 0;
  const onSent = (ticks: readonly Tick[]) => {
    beat.onSent(ticks);
    progress?.update(sent += ticks.length, flags.count ?? sent);
  };
  using _shown = live ? showHealth(beat, kept, logger) : null;
  const totals = await stream(source, hub, { batchTicks: 500, graceMs, onSent }, signal).finally(async () => {
    progress?.stop();
    if (live) await Promise.race([kept.flush(), new Promise((resolve) => setTimeout(resolve, lastNotesMs))]);
  });
  print(`${totals.sent} ticks sent`);
  if (live) print(totalsText(beat.health()));
  if (totals.unsent === 0) return 0;
  logger.log("stream.unsent", {
    ticks: totals.unsent,
    advice: "they were read but not accepted by the hub",
  });
  return 1;
}

function settingsOf(flags: StreamFlags, beat: Pulse, kept: Notes, logger: Logger): SourceSettings {
  if (flags.source.includes("replay") && flags.file === null) {
    throw new UsageError("--source replay needs --file");
  }
  const single = flags.source.find((name) => sources[name]!.protocol === null);
  if (single !== undefined && flags.symbol.length > 1) {
    throw new UsageError(`--source ${single} takes one symbol, not ${flags.symbol.join(",")}`);
  }
  const count = flags.count ?? Infinity;
  const endless = flags.source.includes("simulated") && count === Infinity;
  return {
    symbols: flags.symbol,
    count,
    speed: flags.speed ?? (endless ? 1 : Infinity),
    seed: flags.seed,
    startMs: flags.start === null ? Date.now() - (endless ? 0 : count * flags.step) : Date.parse(flags.start),
    stepMs: flags.step,
    file: flags.file,
    log(event, fields) {
      beat.onLog(event);
      logger.log(event, fields);
    },
    live: liveSettings(flags, beat, kept),
  };
}

function liveSettings(flags: StreamFlags, beat: Pulse, kept: Notes): LiveSettings {
  return {
    ...processPriceApis(),
    urls: urlsOf(flags),
    intervalMs: flags.interval ?? undefined,
    staleMs: flags.stale,
    patienceMs: flags.patience ?? undefined,
    onGap(gap) {
      beat.onGap(gap);
      kept.addGap(gap);
    },
    onReject(reject) {
      beat.onReject();
      kept.addReject(reject);
    },
  };
}

/** Endpoints by source; a URL without a name is for the one source that there is. */
function urlsOf({ url, source }: StreamFlags): Record<string, string> {
  return Object.fromEntries(
    Object.entries(url).map(([name, endpoint]) => {
      const of = name !== "" || source.length > 1 ? name : source[0]!;
      if (!source.includes(of)) {
        throw new UsageError(`--url ${endpoint} needs a name before it: ${source.join("=... or ")}=...`);
      }
      const { protocol } = sources[of]!;
      if (protocol === null || !endpoint.startsWith(protocol)) {
        throw new UsageError(
          protocol === null
            ? `--source ${of} has no endpoint: drop --url`
            : `--url ${endpoint} does not suit ${of}: expected ${protocol}://HOST or ${protocol}s://HOST`,
        );
      }
      return [of, endpoint];
    }),
  );
}

/** A line that is drawn anew every second where somebody sees it, or one in the log every minute. */
function showHealth(beat: Pulse, kept: Notes, { terminal, status, log }: Logger): Disposable {
  const show = () =>
    terminal ? status(healthLine(beat.health())) : log("stream.status", { ...beat.health() });
  const showing = setInterval(show, terminal ? 1_000 : 60_000);
  const storing = setInterval(kept.flush, 60_000);
  return {
    [Symbol.dispose]() {
      clearInterval(showing);
      clearInterval(storing);
    },
  };
}
