import type { Analysis } from "#analytics/analysis.ts";
import { readAnalyses } from "#analytics/catalog.ts";
import type { Engine } from "#analytics/engine.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import type { Store } from "#pipeline/store/store.ts";
import { openStore } from "#scripts/open.ts";
import { putResult, resultFormats, resultTime } from "#scripts/results.ts";
import { traced } from "#scripts/traced.ts";
import { drain } from "./drain.ts";
import type { Work } from "./job.ts";

/** A span of ticks' time, its end left out. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

const dayMs = 86_400_000;

/**
 * Stores what the hub holds, runs analyses over a span of ticks and puts their results, those that aren't there yet. One
 * that fails doesn't keep the others from running.
 *
 * @throws {Error} that names those which failed, or which there are not.
 */
export async function writeResults(
  work: Work,
  names: readonly string[],
  span: Span,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const all = await chosen(names);
  const store = work.monitor.store(await openStore(work.config));
  const analyses = await missing(store, all, resultTime(span.to));
  const range = { from: span.from.toISOString(), to: span.to.toISOString() };
  if (analyses.length === 0) return { ...range, created: 0 };
  // A result stays as it is, so that what it is made of must be stored by now, whoever else is at it.
  const { more } = await drain.run(work, signal);
  signal.throwIfAborted();
  if (more) throw new Error("the hub holds more than one run can store: the results must wait for it");
  const { duckdbWasm } = await import("#analytics/duckdb_wasm.ts");
  await using engine: Engine = await duckdbWasm();
  const { ticks, refused } = await loadTicks(engine, since(store, span.from), { ...range, symbol: null }, {
    signal,
  });
  if (ticks === 0) return { ...range, created: 0, ticks, refused };
  const failures: string[] = [];
  let created = 0;
  for (const analysis of analyses) {
    signal.throwIfAborted();
    try {
      const run = () => runAnalysis(engine, analysis, {});
      const { table } = await traced("analysis", { name: analysis.name }, run);
      created += await putResult(store, analysis, table, span);
    } catch (error) {
      failures.push(`${analysis.name}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
  return { ...range, created, ticks, refused };
}

async function chosen(names: readonly string[]): Promise<Analysis[]> {
  const all = await readAnalyses();
  return names.map((name) => {
    const analysis = all.find((each) => each.name === name);
    if (analysis !== undefined) return analysis;
    throw new Error(
      `CRON_ANALYSES has "${name}", expected some of ${all.map(({ name }) => name).join(", ")}`,
    );
  });
}

/** Those whose result of that time isn't there whole. */
async function missing(store: Store, analyses: readonly Analysis[], time: string): Promise<Analysis[]> {
  const found = await Promise.all(
    analyses.map(({ name }) => Array.fromAsync(store.list(`results/${name}/${time}.`))),
  );
  return analyses.filter((_, index) => found[index]!.length < resultFormats.length);
}

/**
 * The ticks and gaps that came after that time, so that a run costs the same however much is stored; their names state
 * the day. A tick reaches the hub after its own time, but for what clocks differ: hence the day before.
 */
function since(store: Store, from: Date): Store {
  const first = new Date(from.getTime() - dayMs).toISOString().slice(0, 10);
  return {
    ...store,
    async *list(prefix) {
      for await (const blob of store.list(prefix)) {
        const [, date = ""] = /^(?:ticks|gaps)\/(?:.+\/)?date=(\d{4}-\d\d-\d\d)\//.exec(blob.name) ?? [];
        if (date >= first) yield blob;
      }
    },
  };
}
