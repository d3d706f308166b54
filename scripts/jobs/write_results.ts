import { readAnalyses } from "#analytics/catalog.ts";
import type { Engine } from "#analytics/engine.ts";
import { loadTicks } from "#analytics/load.ts";
import { runAnalysis } from "#analytics/run.ts";
import { parseBlobName } from "#pipeline/store/names.ts";
import type { Store } from "#pipeline/store/store.ts";
import { openStore } from "#scripts/open.ts";
import { putResult } from "#scripts/results.ts";
import { traced } from "#scripts/traced.ts";
import type { Work } from "./job.ts";

/** A span of ticks' time, its end left out. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

const dayMs = 86_400_000;

/**
 * Runs analyses over a span of ticks and puts their results. One that fails doesn't keep the others from running.
 *
 * @throws {Error} that names those which failed, or which there are not.
 */
export async function writeResults(
  { config, monitor }: Work,
  names: readonly string[],
  span: Span,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const analyses = await chosen(names);
  const store = monitor.store(await openStore(config));
  const { duckdbWasm } = await import("#analytics/duckdb_wasm.ts");
  await using engine: Engine = await duckdbWasm();
  const range = { from: span.from.toISOString(), to: span.to.toISOString(), symbol: null };
  const { ticks, refused } = await loadTicks(engine, since(store, span.from), range, { signal });
  if (ticks === 0) return { ticks, refused, created: 0, ...range };
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
  return { ticks, refused, created, ...range };
}

async function chosen(names: readonly string[]) {
  const all = await readAnalyses();
  return names.map((name) => {
    const analysis = all.find((each) => each.name === name);
    if (analysis !== undefined) return analysis;
    throw new Error(
      `CRON_ANALYSES has "${name}", expected some of ${all.map(({ name }) => name).join(", ")}`,
    );
  });
}

/**
 * The blobs whose events came after that time, so that a run costs the same however much is stored. A tick reaches the
 * hub after its own time, but for what clocks differ: hence the day before.
 */
function since(store: Store, from: Date): Store {
  const first = new Date(from.getTime() - dayMs).toISOString().slice(0, 10);
  return {
    ...store,
    async *list() {
      for await (const blob of store.list("ticks/")) {
        if ((parseBlobName(blob.name)?.date ?? "") >= first) yield blob;
      }
    },
  };
}
