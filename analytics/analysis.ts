import type { ColumnType, Value } from "./engine.ts";

/** A `$name` that an analysis understands: `-- param: periods integer = 5 min 1 max 100000 | how many prices`. */
export interface Parameter {
  readonly name: string;
  readonly type: ColumnType;
  readonly default: Value;
  /** Inclusive bounds of a number; `null` where there is none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly about: string;
}

/** `-- column: moving_avg double | USD`. */
export interface ColumnNote {
  readonly name: string;
  readonly type: ColumnType;
  /** Unit or meaning. */
  readonly about: string;
}

/** `-- chart: line x=time y=price,moving_avg`. */
export interface ChartNote {
  readonly kind: string;
  /** Column names by channel: `x`, `y`, ... */
  readonly channels: Readonly<Record<string, readonly string[]>>;
}

/** One question in SQL: the file's name is its id, and the name of its CSV, charts and fixture folder. */
export interface Analysis {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly ColumnNote[];
  readonly charts: readonly ChartNote[];
  /** Conditions that every row of the result fulfils. */
  readonly checks: readonly string[];
  readonly sql: string;
}
