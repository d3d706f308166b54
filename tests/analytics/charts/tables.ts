import type { ColumnType, Table, Value } from "#analytics/engine.ts";

/** A table from columns by name: type and values. */
export function tableOf(columns: Readonly<Record<string, readonly [ColumnType, ArrayLike<Value>]>>): Table {
  const all = Object.entries(columns).map(([name, [type, values]]) => ({ name, type, values }));
  return { columns: all, rows: all[0]?.values.length ?? 0 };
}

/** Minutes after 2023-03-10 00:00 UTC, in milliseconds since the epoch. */
export function minutes(...after: readonly number[]): number[] {
  return after.map((minute) => Date.UTC(2023, 2, 10) + minute * 60_000);
}

/** `count` numbers from a function of their place. */
export function series(count: number, at: (i: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => at(i));
}
