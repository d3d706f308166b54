import { createHash } from "node:crypto";
import type { Gap, Reject } from "#pipeline/sources/source.ts";
import type { Store } from "#pipeline/store/store.ts";

/** What a stream has to remember besides its ticks: the gap ledger, and samples of messages that it refused. */
export interface Notes {
  addGap(gap: Gap): void;
  /** The first of a kind is kept. */
  addReject(reject: Reject): void;
  /** Puts into the store what is not there yet; without a store to be had it says so once, and the log has it all. */
  flush(): Promise<void>;
}

/** So many rows wait for a store that doesn't answer; older ones are in the log. */
const mostRows = 10_000;

/** Rows go to `gaps/` and `rejects/`, some to a blob, whose name states its content as every blob's does. */
export function notes(
  openStore: () => Promise<Store>,
  log: (event: string, fields: Record<string, unknown>) => void,
): Notes {
  let gaps: readonly Gap[] = [];
  let rejects: readonly Reject[] = [];
  const known = new Set<string>();
  let store: Promise<Store> | undefined;
  let told = false;
  // One at a time: two at once would store the same rows twice, and forget some that came meanwhile.
  let flushed = Promise.resolve();

  const put = async (folder: string, rows: readonly (Gap | Reject)[]) => {
    const bytes = new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const metadata = { lines: String(rows.length), bytes: String(bytes.length) };
    await (await (store ??= openStore())).put(`${folder}/${hash}.ndjson`, bytes, metadata);
  };
  const putAll = async () => {
    const rows = gaps;
    if (rows.length > 0) await put(`gaps/date=${rows[0]!.found_at.slice(0, 10)}`, rows);
    gaps = without(gaps, rows);
    for (const reject of rejects) {
      await put(`rejects/source=${reject.source}/date=${reject.received_at.slice(0, 10)}`, [reject]);
      rejects = without(rejects, [reject]);
    }
  };
  const flush = async () => {
    try {
      await putAll();
    } catch (error) {
      store = undefined;
      if (!told) {
        log("notes.unstored", {
          reason: (error as Error).message,
          advice: "gaps and refusals are in this log only",
        });
      }
      told = true;
    }
  };
  return {
    addGap(gap) {
      gaps = [...gaps.slice(1 - mostRows), gap];
    },
    addReject(reject) {
      if (known.has(reject.kind)) return;
      known.add(reject.kind);
      rejects = [...rejects, reject];
    },
    flush: () => flushed = flushed.then(flush),
  };
}

function without<T>(rows: readonly T[], stored: readonly T[]): readonly T[] {
  const gone = new Set(stored);
  return rows.filter((row) => !gone.has(row));
}
