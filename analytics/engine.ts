import type { Batch } from "./column_batch.ts";

/** Types of a result's columns, whatever the engine calls them. */
export type ColumnType = "text" | "double" | "integer" | "boolean" | "timestamp";

/** A value of a column. A timestamp is milliseconds since the epoch, UTC, fractions kept; an integer is a number too. */
export type Value = string | number | boolean | null;

/** A named column; `values` has one entry a row (a typed array where there are only numbers and no null). */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: ArrayLike<Value>;
}

/** A columnar result. */
export interface Table {
  readonly columns: readonly Column[];
  /** How many rows: the length of every column. */
  readonly rows: number;
}

/** A value bound to a `$name` in the SQL. Times are ISO 8601 UTC texts. */
export type Parameters = Readonly<Record<string, Value>>;

/** A database in memory. */
export interface Engine extends AsyncDisposable {
  /**
   * Adds the rows of a batch to a table that has its columns, in their order. The batch may be filled again afterwards.
   *
   * @throws {AnalysisError} when the database refuses them.
   */
  insert(table: string, batch: Batch): Promise<void>;
  /**
   * Runs one statement with `$name` parameters bound.
   *
   * @throws {AnalysisError} when the database refuses it: with the SQL and the database's own words.
   */
  run(sql: string, parameters?: Parameters): Promise<Table>;
  /** How {@link pack} writes; it is also what its files are called. */
  readonly packing: "arrow" | "parquet";
  /**
   * Writes the rows of a query into a file, in columns as the database itself reads them fastest.
   *
   * @throws {AnalysisError} when the database refuses the query.
   */
  pack(sql: string, file: string): Promise<void>;
  /**
   * The rows of files that {@link pack} wrote, one after the other, as what SQL can select from. The files may go
   * afterwards.
   *
   * @throws {AnalysisError} when the database cannot read them.
   */
  unpack(files: readonly string[]): Promise<string>;
}
