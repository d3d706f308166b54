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

/** A blob's bytes, one JSON object a line. */
export interface Blob {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A database in memory. */
export interface Engine extends AsyncDisposable {
  /**
   * Adds every line of the blobs to the table `raw_ticks` (sql/raw_ticks.sql), as it is: nothing is dropped here. A
   * line that cannot be read gets a row of its own that says why. Lines that are ticks need not say where they are from.
   */
  load(blobs: AsyncIterable<Blob>): Promise<void>;
  /**
   * Runs one statement with `$name` parameters bound.
   *
   * @throws {AnalysisError} when the database refuses it: with the SQL and the database's own words.
   */
  run(sql: string, parameters?: Parameters): Promise<Table>;
}
