import type { Store } from "#pipeline/store/store.ts";
import type { Engine, Parameters, Value } from "./engine.ts";
import { runStaging } from "./staging.ts";

const insertGap = `
  insert into source_gaps
  select $source, $symbol, cast($from as bigint), cast($to as bigint), cast($after as timestamp), $cause,
    cast($repaired as boolean), cast($missing as bigint), cast($found_at as timestamp)`;

const fields = ["source", "symbol", "from", "to", "after", "cause", "repaired", "missing", "found_at"];

/** Fills the table `source_gaps` from the store's gap ledger: few rows, each with every field of `stream`'s own. */
export async function loadGaps(engine: Engine, store: Store): Promise<void> {
  await runStaging(engine, "source_gaps.sql");
  for await (const { name } of store.list("gaps/")) {
    const text = new TextDecoder().decode(await store.get(name));
    for (const line of text.split("\n")) {
      const gap = readGap(line);
      if (gap !== null) await engine.run(insertGap, gap);
    }
  }
}

/** `null` for a line that is no row of the ledger: whoever wrote it, it tells of no gap. */
function readGap(line: string): Parameters | null {
  let row: Record<string, Value>;
  try {
    row = JSON.parse(line);
  } catch {
    return null;
  }
  const values = fields.map((field) => row[field] ?? null);
  const told = typeof row.source === "string" && /Z$/.test(String(row.after)) &&
    /Z$/.test(String(row.found_at)) &&
    Number.isSafeInteger(row.from) && Number.isSafeInteger(row.to) && Number.isSafeInteger(row.missing);
  return told ? Object.fromEntries(fields.map((field, index) => [field, values[index]!])) : null;
}
