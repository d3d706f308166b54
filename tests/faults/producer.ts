import type { Hub, HubPartition } from "#pipeline/hub/hub.ts";
import { encodeTick, type Tick } from "#pipeline/tick.ts";
import { audit } from "#pipeline/audit.ts";
import { loadTicks } from "#analytics/load.ts";
import { type Balance, ledger } from "#scripts/ledger.ts";
import type { FaultStack } from "#tests/faults/stack.ts";

const never = new AbortController().signal;

/** Sends ticks, and remembers those that the hub has accepted. */
export interface Producer {
  readonly sent: number;
  /** Sends so many more to a hub, spread over its partitions. */
  send(hub: Hub, count: number): Promise<void>;
  /** Holds what was accepted against what DuckDB reads in the end, and the audit's counts beside it. */
  balance(stack: FaultStack): Promise<FinalBalance>;
}

/** The ledger's balance, and what the audit of the same blobs says. */
export interface FinalBalance extends Balance {
  /** Stored lines beyond one an event, which reading leaves out. */
  readonly redelivered: number;
  /** Events that are gone by the hub's own numbers. */
  readonly lostByAudit: number;
  readonly damaged: number;
}

const symbols = Array.from({ length: 16 }, (_, index) => `C${index}-USD`);
const startMs = Date.UTC(2026, 0, 1);

/** A producer of ticks. */
export function producer(): Producer {
  const accepted = ledger();
  let next = 0;
  return {
    get sent() {
      return accepted.sent;
    },
    async send(hub, count) {
      for (let left = count; left > 0;) {
        const ticks = Array.from({ length: Math.min(2_000, left) }, () => tick(next++));
        left -= ticks.length;
        await hub.send(ticks.map((one) => ({ partitionKey: one.symbol, body: encodeTick(one) })), never);
        accepted.add(ticks);
      }
    },
    async balance({ store, lanes, openHub }) {
      const { duckdbWasm } = await import("#analytics/duckdb_wasm.ts");
      await using engine = await duckdbWasm();
      await loadTicks(engine, store, { from: null, to: null, symbol: null });
      const known: HubPartition[] = [];
      for (const lane of lanes) {
        await using asked = await openHub({ lane });
        known.push(...await asked.partitions());
      }
      const { partitions, damaged } = await audit(store, known, never);
      const total = (name: "duplicates" | "lost") => partitions.reduce((sum, one) => sum + one[name], 0);
      return {
        ...await accepted.balance(engine),
        redelivered: total("duplicates"),
        lostByAudit: total("lost"),
        damaged: damaged.length,
      };
    },
  };
}

function tick(number: number): Tick {
  const symbol = symbols[number % symbols.length]!;
  const time = new Date(startMs + number * 10).toISOString();
  const price = 100 + (number % 1_000) / 10;
  return {
    id: `faults|${symbol}|${number}`,
    source: "faults",
    symbol,
    price,
    size: 1,
    side: "buy",
    time,
    received_at: time,
  };
}
