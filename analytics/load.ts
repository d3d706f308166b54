import { parseCompactName } from "#pipeline/store/names.ts";
import type { Store } from "#pipeline/store/store.ts";
import type { Engine, Table, Value } from "./engine.ts";
import { loadGaps } from "./gaps.ts";
import { ParameterError } from "./parameter.ts";
import { type Blob, readBlobs, writeWords } from "./read_blobs.ts";
import { runStaging } from "./staging.ts";
import { listTicks, statesContent, withinRange } from "./tick_blobs.ts";
import { restoreTicks, saveTicks } from "./tick_cache.ts";
import { tickColumns } from "./tick_columns.ts";
import { formatMicros, formatTime, parseMicros } from "./time.ts";

/** Which ticks to load. Times are ISO 8601, UTC unless they say otherwise; `null` is no bound. */
export interface LoadRange {
  /** The first tick time that counts. */
  readonly from: string | null;
  /** The first tick time that counts no more. */
  readonly to: string | null;
  readonly symbol: string | null;
}

/** What was read is kept, so that the next load reads only the blobs that are new, if each one's name states its content. */
export interface CacheOptions {
  /** One for each store. */
  readonly folder: string;
  /** So many new ticks are worth keeping: fewer are read again as fast as they are brought back. */
  readonly worthKeeping?: number;
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** Called when a blob has been read, in their order. */
  readonly onBlob?: (done: number, total: number) => void;
  readonly cache?: CacheOptions;
  /** So many lines are put in order at a time: the more, the more memory it takes, and the fewer times it is done. */
  readonly stageLines?: number;
  readonly log?: (event: string, fields: Record<string, unknown>) => void;
}

/** What was read: `lines = refused + outside + redelivered + repeated + ticks`. */
export interface LoadSummary {
  readonly blobs: number;
  readonly lines: number;
  readonly ticks: number;
  /** Lines that are no tick. */
  readonly refused: number;
  /** Ticks out of the range asked for. */
  readonly outside: number;
  /** Lines left out because the same event, by generation, partition and sequence number, was there already. */
  readonly redelivered: number;
  /** Lines left out because the same tick, by id, was there already in another event. */
  readonly repeated: number;
  readonly symbols: readonly string[];
  /** Time of the first and of the last tick, ISO 8601 UTC; `null` without ticks. */
  readonly from: string | null;
  readonly to: string | null;
  /** The first ten refused lines. */
  readonly refusals: readonly Refusal[];
}

export interface Refusal {
  readonly blob: string;
  readonly line: number;
  readonly reason: string;
}

/** How many blobs are fetched at once: enough to hide a store's latency. */
const fetchesAtOnce = 16;

/**
 * Fills the table `ticks` from the store's blobs, `refused_ticks` with the lines that are none, and `source_gaps` with what
 * the sources are known to have missed (sql/range.sql, sql/lines.sql).
 *
 * Every blob is read whatever the range: a blob's name states when its events reached the hub, and a replayed tick's own
 * time may be any. What is there twice is left out before the range is cut. Only a compacted file's name states when its
 * ticks were: one that is out of the range is not even fetched, and is in none of the summary's counts. A cache knows
 * ticks of all times, so that with one this is done only where all files are compacted, and then without the cache.
 *
 * @throws {ParameterError} for a `from` or `to` that is no time, or a range that is empty.
 */
export async function loadTicks(
  engine: Engine,
  store: Store,
  range: LoadRange,
  options: LoadOptions = {},
): Promise<LoadSummary> {
  const parameters = { from: utcTime("from", range.from), to: utcTime("to", range.to), symbol: range.symbol };
  if (parameters.from !== null && parameters.to !== null && parameters.from >= parameters.to) {
    throw new ParameterError("to", range.to!, `expected a time after from=${range.from}`);
  }
  const all = await listTicks(store);
  const isCompact = all.every((name) => parseCompactName(name) !== null);
  const names = options.cache === undefined || isCompact ? withinRange(all, parameters) : all;
  const isWhole = names.length === all.length && names.every(statesContent);
  await runStaging(engine, "macros.sql");
  await runStaging(engine, "lines.sql");
  await readLines(engine, store, names, { ...options, cache: isWhole ? options.cache : undefined });
  await runStaging(engine, "range.sql", parameters);
  await loadGaps(engine, store);
  return await summarize(engine, names.length);
}

/** From the blobs, or what was kept of them, to the table `stored_ticks`. */
async function readLines(
  engine: Engine,
  store: Store,
  names: readonly string[],
  { signal, onBlob, cache, log, stageLines = 983_040 }: LoadOptions,
): Promise<void> {
  const known = cache === undefined ? null : await restoreTicks(engine, cache.folder, names);
  const kept = await count(engine, "kept_ticks");
  const ticks = tickColumns();
  const [words] = (await engine.run("select word from words order by rowid")).columns;
  for (const word of Array.from(words!.values)) ticks.wordOf(word as string);
  const fresh = known === null ? names : names.filter((name) => !known.has(name));
  const onFresh = (done: number) => onBlob?.(names.length - fresh.length + done, names.length);
  let stored = kept;
  const stage = async (lines: number) => {
    await writeWords(engine, ticks.words);
    await runStaging(engine, "words.sql");
    if (lines === 0) return;
    if (stored > 0) await runStaging(engine, "tail.sql");
    await runStaging(engine, "frontiers.sql");
    await runStaging(engine, "ticks.sql");
    stored += lines;
  };
  await readBlobs(engine, fetchBlobs(store, fresh, signal, onFresh), ticks, { stage, stageLines });
  if (cache === undefined || stored - kept < Math.max(cache.worthKeeping ?? 20_000, kept / 8)) return;
  const { folder } = cache;
  // Without it, the next load takes longer, and that is all.
  await saveTicks(engine, folder, names).catch(({ message }) => log?.("cache.failed", { folder, message }));
}

async function count(engine: Engine, table: string): Promise<number> {
  return Number((await engine.run(`select count(*) as n from ${table}`)).columns[0]!.values[0]);
}

function utcTime(name: string, text: string | null): string | null {
  if (text === null) return null;
  const micros = parseMicros(text);
  if (micros === undefined) {
    throw new ParameterError(
      name,
      text,
      "expected an ISO 8601 time such as 2026-05-01 or 2026-05-01T12:00:00Z",
    );
  }
  return formatMicros(micros);
}

/** The blobs in the order of their names, the next few of them already under way. */
async function* fetchBlobs(
  store: Store,
  names: readonly string[],
  signal: AbortSignal | undefined,
  onBlob: (done: number) => void,
): AsyncIterable<Blob> {
  const underWay: Promise<Uint8Array>[] = [];
  for (const [index, name] of names.entries()) {
    while (underWay.length < fetchesAtOnce && index + underWay.length < names.length) {
      const fetch = store.get(names[index + underWay.length]!);
      // Its failure is met when its turn comes; until then it must not count as unhandled.
      fetch.catch(() => {});
      underWay.push(fetch);
    }
    const bytes = await underWay.shift()!;
    signal?.throwIfAborted();
    yield { name, bytes };
    onBlob(index + 1);
  }
}

async function summarize(engine: Engine, blobs: number): Promise<LoadSummary> {
  const [counts] = rowsOf(await engine.run("select * from load_counts"));
  const symbols = rowsOf(await engine.run("select symbol from symbol_counts order by symbol"));
  const [span] = rowsOf(
    await engine.run("select min(starts) as first, max(ends) as last from symbol_counts"),
  );
  const refusals = rowsOf(
    await engine.run("select blob, line, reason from refused_ticks order by blob, line limit 10"),
  );
  const isoTime = (ms: Value | undefined) => typeof ms === "number" ? formatTime(ms) : null;
  return {
    blobs,
    ...counts as unknown as Omit<LoadSummary, "blobs" | "symbols" | "from" | "to" | "refusals">,
    symbols: symbols.map(({ symbol }) => symbol as string),
    from: isoTime(span?.first),
    to: isoTime(span?.last),
    refusals: refusals as unknown as Refusal[],
  };
}

/** A small result, row by row. */
function rowsOf({ columns, rows }: Table): Record<string, Value>[] {
  return Array.from(
    { length: rows },
    (_, row) => Object.fromEntries(columns.map(({ name, values }) => [name, values[row]!])),
  );
}
