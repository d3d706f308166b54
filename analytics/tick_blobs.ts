import { parseBlobName, parseCompactName } from "#pipeline/store/names.ts";
import type { Store } from "#pipeline/store/store.ts";

/**
 * The names of all blobs that hold ticks; rejects, gaps and results are lines of another kind. By their dates, so that ticks
 * come nearly in the order of time.
 */
export async function listTicks(store: Store): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list("")) {
    if (/\.(ndjson|jsonl|json|parquet)$/.test(name) && !/^(rejects|gaps|results)\//.test(name)) {
      names.push(name);
    }
  }
  const dates = new Map(names.map((name) => [name, dateOf(name)]));
  return names.sort((one, other) => compare(dates.get(one)!, dates.get(other)!) || compare(one, other));
}

function dateOf(name: string): string {
  return (parseBlobName(name) ?? parseCompactName(name))?.date ?? "";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Whether a blob of that name has the same content wherever and whenever it is met. */
export function statesContent(name: string): boolean {
  return parseBlobName(name) !== null || parseCompactName(name) !== null;
}

/**
 * The names without those of compacted files whose date or symbol lies out of the range: no tick in them is asked for. One
 * always stays, so that a range without ticks can be told from a store without any.
 *
 * @param range Times as {@link file://./time.ts} writes them.
 */
export function withinRange(
  names: readonly string[],
  { from, to, symbol }: {
    readonly from: string | null;
    readonly to: string | null;
    readonly symbol: string | null;
  },
): readonly string[] {
  const within = names.filter((name) => {
    const file = parseCompactName(name);
    if (file === null) return true;
    return (symbol === null || file.symbol === symbol) && (from === null || file.date >= from.slice(0, 10)) &&
      (to === null || `${file.date}T00:00:00.000000Z` < to);
  });
  return within.length > 0 ? within : names.slice(0, 1);
}
