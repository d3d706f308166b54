import type { Engine } from "#analytics/engine.ts";
import type { Tick } from "#pipeline/tick.ts";

/** What went in against what came out: nothing may be lost, and nothing may be there twice. */
export interface Balance {
  /** Different ticks that the hub accepted. */
  readonly sent: number;
  /** Those of them that the result has. */
  readonly stored: number;
  readonly lost: number;
  /** Rows of the result beyond one a tick. */
  readonly duplicates: number;
  /** Ticks of the result that nobody sent. */
  readonly unknown: number;
}

/** Remembers what the hub accepted, and holds the result against it. */
export interface Ledger {
  readonly sent: number;
  add(ticks: readonly Tick[]): void;
  /** Compares with the table `ticks`, by id. */
  balance(engine: Engine): Promise<Balance>;
}

/** An empty ledger. */
export function ledger(): Ledger {
  const ids = new Set<string>();
  return {
    get sent() {
      return ids.size;
    },
    add(ticks) {
      for (const { id } of ticks) ids.add(id);
    },
    async balance(engine) {
      const { columns, rows } = await engine.run("select id from ticks");
      const result = new Set(Array.from(columns[0]!.values, String));
      const stored = result.intersection(ids).size;
      return {
        sent: ids.size,
        stored,
        lost: ids.size - stored,
        duplicates: rows - result.size,
        unknown: result.size - stored,
      };
    },
  };
}
