import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "#analytics/engine.ts";
import { type CacheOptions, type LoadRange, type LoadSummary, loadTicks } from "#analytics/load.ts";
import type { Store } from "#pipeline/store/store.ts";
import { symbolPattern } from "#pipeline/tick.ts";
import { UsageError } from "./command.ts";
import { oneOf, pattern, text, time } from "./flags.ts";
import type { Logger } from "./log.ts";
import { openFolder, openStore, processConfig } from "./open.ts";

/** Each DuckDB by its name; loaded when it is used. */
const engines = {
  wasm: async () => (await import("#analytics/duckdb_wasm.ts")).duckdbWasm(),
  native: async (memory: string | null) => (await import("#analytics/duckdb_native.ts")).duckdbNative(memory),
} as const satisfies Record<string, (memory: string | null) => Promise<Engine>>;

/** The name of an engine. */
export type EngineName = keyof typeof engines;

/** The flag that chooses one. */
export const engineFlag = oneOf(
  "which DuckDB: in the sandbox, or as native code for a lot of data",
  Object.keys(engines) as EngineName[],
  "wasm",
);

/** The flags that choose ticks, and the engine that holds them. */
export const tickFlags = {
  in: text("read a folder of blobs instead of the configured store", "FOLDER", null),
  from: time("first tick time that counts"),
  to: time("first tick time that counts no more"),
  symbol: pattern("only this pair", "SYMBOL", symbolPattern, "a pair such as BTC-USD"),
  engine: engineFlag,
  memory: pattern(
    "what native DuckDB takes before it uses the disk [80%]",
    "SIZE",
    /^\d+(\.\d+)?(%|[KMGT]i?B)$/,
    "a size such as 2GB, or a share such as 50%",
  ),
  cache: text(
    "keeps what was read, so that the next run reads what is new; `none` to do without",
    "FOLDER",
    "out/cache",
  ),
};

/** Every tick once, in the order of time. */
export const allTicks = `
  select symbol, time, price, size, side, source, id, received_at, enqueued_at, partition, sequence_number, generation
  from ticks
  order by time, symbol, sequence_number, id`;

/** Which ticks, and which engine is to hold them. */
export interface TickChoice extends LoadRange {
  readonly engine: EngineName;
  readonly memory: string | null;
}

/** Ticks in an engine, ready for queries. */
export interface LoadedTicks extends AsyncDisposable {
  readonly engine: Engine;
  readonly summary: LoadSummary;
  /** Where they came from, in words. */
  readonly source: string;
}

/**
 * Loads the ticks that the flags choose. Lines that are no tick are logged.
 *
 * @throws {Error} when there is no tick: names the folder or the container, and says what to do.
 */
export async function loadChosenTicks(
  flags: TickChoice & { readonly in: string | null; readonly cache: string },
  logger: Logger,
  signal: AbortSignal,
): Promise<LoadedTicks> {
  if (flags.memory !== null && flags.engine !== "native") {
    throw new UsageError("--memory is for --engine native: WebAssembly has 4 GB, and no disk");
  }
  const { store, source } = await openChosenStore(flags.in);
  const cache = flags.cache === "none" ? undefined : cacheOf(flags.cache, source);
  return await loadFrom(store, source, { ...flags, cache }, logger, signal);
}

/** What the store is called is enough: the name of a blob states its content, wherever it is. */
function cacheOf(folder: string, source: string): CacheOptions {
  return { folder: join(folder, createHash("sha256").update(source).digest("hex").slice(0, 12)) };
}

/** The same from a store that is open already; `source` names it. */
export async function loadFrom(
  store: Store,
  source: string,
  { from, to, symbol, engine: name, memory, cache }: TickChoice & { readonly cache?: CacheOptions },
  logger: Logger,
  signal: AbortSignal,
): Promise<LoadedTicks> {
  await using opened = new AsyncDisposableStack();
  const engine = opened.use(await engines[name](memory));
  const progress = logger.progress("load", 0);
  const range = { from, to, symbol };
  const summary = await loadTicks(engine, store, range, {
    signal,
    onBlob: progress.update,
    cache,
    log: logger.log,
  });
  progress.stop();
  for (const { blob, line, reason } of summary.refusals) logger.log("load.refused", { blob, line, reason });
  if (summary.ticks === 0) throw new Error(whyNone(source, range, summary));
  const kept = opened.move();
  return { engine, summary, source, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function openChosenStore(folder: string | null): Promise<{ store: Store; source: string }> {
  if (folder !== null) return { store: await openFolder(folder), source: folder };
  const config = processConfig();
  return { store: await openStore(config), source: `container ${config.storage.container}` };
}

function whyNone(
  source: string,
  { from, to, symbol }: LoadRange,
  { blobs, lines, refused }: LoadSummary,
): string {
  if (blobs === 0) {
    return `no blobs in ${source}: run \`deno task receive\` first, or name a folder with --in`;
  }
  if (lines === 0) return `no lines in the ${blobs} blobs of ${source}: they are empty`;
  if (refused === lines) {
    return `no ticks in ${source}: all ${lines} lines were refused, the first ones are logged above`;
  }
  const range = [from && `from ${from}`, to && `to ${to}`, symbol].filter(Boolean).join(" ");
  return `no ticks of ${range} among the ${lines} lines of ${source}: check --from, --to and --symbol`;
}
