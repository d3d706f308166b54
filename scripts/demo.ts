import { join } from "node:path";
import { readAnalyses } from "#analytics/catalog.ts";
import type { LoadSummary } from "#analytics/load.ts";
import type { Log } from "#pipeline/hub/hub.ts";
import { receive, type ReceiveTotals } from "#pipeline/receive.ts";
import { openSource, sources } from "#pipeline/sources/index.ts";
import type { Source } from "#pipeline/sources/source.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import type { Store } from "#pipeline/store/store.ts";
import { stream } from "#pipeline/stream.ts";
import type { Tick } from "#pipeline/tick.ts";
import { type Given, print, runCommand, UsageError } from "./command.ts";
import { type Config, local } from "./config.ts";
import { temporaryFolder, writeWhole } from "./files.ts";
import { integer, oneOf, text } from "./flags.ts";
import { type Balance, type Ledger, ledger } from "./ledger.ts";
import { localStack } from "./local_stack.ts";
import type { Logger } from "./log.ts";
import { openReceivingHub, openSendingHub, openStore } from "./open.ts";
import { publish } from "./publish.ts";
import { engineFlag, type EngineName, loadFrom } from "./ticks.ts";

const demoFlags = {
  events: integer("how many ticks [5000; a replay is taken whole]", null, { min: 1, max: 10_000_000 }),
  seed: integer("simulated: the same seed gives the same prices", 1, { max: 2 ** 32 - 1 }),
  source: oneOf(
    "where the ticks come from",
    Object.keys(sources).filter((name) => sources[name]!.protocol === null),
    "simulated",
  ),
  file: text("replay: a file or a folder", "PATH", null),
  engine: engineFlag,
  out: text("folder for what comes out", "FOLDER", "out/demo"),
};

/** What a demo leaves last: who finds it knows that the folder is a demo's. */
const ledgerName = "ledger.json";

await runCommand({
  name: "demo",
  about:
    "Takes ticks all the way on this machine, with no account: source, Event Hubs, blobs, DuckDB, report.",
  operands: null,
  flags: demoFlags,
  examples: [
    "deno task demo",
    "deno task demo --events 20000 --seed 7",
    "deno task demo --source replay --file prices.csv --out out/replay",
  ],
  run,
});

async function run({ flags, signal, logger }: Given<typeof demoFlags>): Promise<number> {
  if (flags.source === "replay" && flags.file === null) throw new UsageError("--source replay needs --file");
  const count = flags.events ?? (flags.source === "simulated" ? 5_000 : Infinity);
  const source = openSource(flags.source, {
    symbols: ["BTC-USD"],
    count,
    speed: Infinity,
    seed: flags.seed,
    startMs: Date.parse("2026-01-01T00:00:00Z"),
    stepMs: 60_000,
    file: flags.file,
    log: logger.log,
  });
  const lap = stopwatch();
  await using temporary = await temporaryFolder();
  await using stack = await localStack({
    hubPort: 0,
    blobPort: 0,
    folder: temporary.path,
    emulator: { hubs: [{ name: local.hub }] },
  });
  const store = await openStore(stack.config);
  const seconds = { start: lap(), stream: 0, receive: 0, analyze: 0 };

  const sent = ledger();
  await streamAll(source, sent, stack.config, logger, signal);
  seconds.stream = lap();
  const received = await receiveAll(store, sent.sent, stack.config, logger, signal);
  seconds.receive = lap();
  const { balance, summary } = await analyzeAll(store, sent, flags, logger, signal);
  seconds.analyze = lap();

  const result = { ...balance, rejects: received.rejects, blobs: received.blobs, seconds };
  await writeWhole(join(flags.out, ledgerName), [`${JSON.stringify(result, null, 2)}\n`]);
  print(summaryText(balance, received, summary, seconds, flags.out));
  return balance.lost === 0 && balance.duplicates === 0 && balance.unknown === 0 ? 0 : 1;
}

async function streamAll(
  source: Source,
  sent: Ledger,
  config: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  await using hub = await openSendingHub(config, logger.log);
  const progress = logger.progress("stream", 0);
  const onSent = (ticks: readonly Tick[]) => {
    sent.add(ticks);
    progress.update(sent.sent, sent.sent);
  };
  await stream(source, hub, { batchTicks: 500, graceMs: 0, onSent }, signal);
  progress.stop();
  signal.throwIfAborted();
}

async function receiveAll(
  store: Store,
  expected: number,
  config: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<ReceiveTotals> {
  // Which partitions are taken and left is of interest in a receiver that runs for days, not here.
  const log: Log = (event, fields) => {
    if (!/^receive\.(partition|round)/.test(event)) logger.log(event, fields);
  };
  await using hub = await openReceivingHub(config, log);
  const progress = logger.progress("receive", expected);
  const limits = { events: 50, bytes: 4_194_304, ageMs: 10_000 };
  const onBatch = ({ events }: { events: number }) => progress.update(events);
  const totals = await receive(hub, store, { limits, once: true, onBatch }, signal);
  progress.stop();
  signal.throwIfAborted();
  return totals;
}

/** Reads back what was stored, publishes it, and leaves the blobs beside it for `analyze --in`. */
async function analyzeAll(
  store: Store,
  sent: Ledger,
  flags: { readonly source: string; readonly out: string; readonly engine: EngineName },
  logger: Logger,
  signal: AbortSignal,
): Promise<{ balance: Balance; summary: LoadSummary }> {
  const everything = { from: null, to: null, symbol: null };
  const name = `${flags.source}, by the local stack`;
  await using ticks = await loadFrom(
    store,
    name,
    { ...everything, engine: flags.engine, memory: null },
    logger,
    signal,
  );
  const { engine, summary, source } = ticks;
  const { out } = flags;
  const analyses = await readAnalyses();
  const progress = logger.progress("analyze", analyses.length);
  const onAnalysis = progress.update;
  await publish({ engine, analyses, parameters: {}, summary, source, out, signal, onAnalysis });
  progress.stop();
  await keepBlobs(store, out);
  return { balance: await sent.balance(engine), summary };
}

/** Leaves the blobs in a folder, without those of a demo before: `analyze --in` would take both for one run. */
async function keepBlobs(store: Store, out: string): Promise<void> {
  const path = join(out, "blobs");
  if (await exists(join(out, ledgerName)) && await exists(path)) await Deno.remove(path, { recursive: true });
  const folder = folderStore(path);
  for await (const { name } of store.list("")) await folder.put(name, await store.get(name), {});
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

function summaryText(
  { sent, stored, lost, duplicates }: Balance,
  { blobs, rejects }: ReceiveTotals,
  { from, to }: LoadSummary,
  seconds: Readonly<Record<string, number>>,
  out: string,
): string {
  return [
    `${sent} ticks sent, ${stored} stored, ${lost} lost, ${duplicates} duplicates (${blobs} blobs, ${rejects} rejects)`,
    `from ${from} to ${to}`,
    Object.entries(seconds).map(([step, value]) => `${step} ${value.toFixed(1)} s`).join(", "),
    "",
    `Report  ${join(out, "report.html")}`,
    `CSV     ${join(out, "csv")}`,
    `Charts  ${join(out, "charts")}`,
    `Blobs   ${join(out, "blobs")}    (try: deno task analyze --in ${join(out, "blobs")})`,
  ].join("\n");
}

/** Seconds since it was last asked. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const lap = (now - last) / 1000;
    last = now;
    return lap;
  };
}
