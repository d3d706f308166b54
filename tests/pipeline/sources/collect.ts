import type { Source } from "#pipeline/sources/source.ts";
import type { Tick } from "#pipeline/tick.ts";

/** All ticks of a source that ends. */
export async function collect(source: Source): Promise<Tick[]> {
  return await Array.fromAsync(source.ticks(new AbortController().signal));
}
