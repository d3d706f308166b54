import {
  BIGINT,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBMaterializedResult,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
import { AnalysisError } from "./analysis.ts";
import { groupBlobs, joinLines } from "./blob_group.ts";
import { databaseError } from "./database_error.ts";
import type { Blob, Column, ColumnType, Engine, Parameters, Table, Value } from "./engine.ts";
import { type BlobLine, readLines } from "./ndjson.ts";
import { rawFields, type RawType } from "./raw_tick.ts";
import { safeInteger } from "./safe_integer.ts";
import { parameterNames } from "./sql_text.ts";
import { runStaging } from "./staging.ts";

/**
 * DuckDB as native code: faster than {@link file://./duckdb_wasm.ts}, and able to use the disk when memory is short, but
 * outside Deno's sandbox. It is shut in another way: no extensions, no network, no files but in a folder of its own, which
 * is gone when it is disposed, and no way to open that again. It needs `--allow-ffi`, and to write temporary files.
 */
export async function duckdbNative(): Promise<Engine> {
  const folder = await Deno.makeTempDir({ prefix: "ticklake-" });
  // With more threads, sums of doubles would differ in the last digits from run to run.
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (const setting of lockdown(folder)) await connection.run(setting);
  const engine: Engine = {
    async load(blobs) {
      for await (const [index, some] of groupBlobs(blobs)) {
        if (!await loadFile(engine, `${folder}/${index}.ndjson`, some)) await loadLines(connection, some);
      }
    },
    async run(sql, parameters = {}) {
      try {
        return await decodeResult(await runStatement(connection, sql, parameters));
      } catch (cause) {
        throw databaseError(sql, cause);
      }
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      await Deno.remove(folder, { recursive: true });
    },
  };
  return engine;
}

function lockdown(folder: string): readonly string[] {
  const quoted = `'${folder.replaceAll("'", "''")}'`;
  return [
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    `set temp_directory = ${quoted}`,
    `set allowed_directories = [${quoted}]`,
    "set enable_external_access = false",
    "set lock_configuration = true",
  ];
}

async function runStatement(connection: DuckDBConnection, sql: string, parameters: Parameters) {
  const statement = await connection.prepare(sql);
  try {
    const values: Record<string, DuckDBValue> = {};
    const types: Record<string, DuckDBType> = {};
    for (const name of parameterNames(sql)) {
      if (!Object.hasOwn(parameters, name)) throw new TypeError(`$${name} has no value`);
      const value = parameters[name]!;
      const isWhole = Number.isInteger(value);
      values[name] = isWhole ? BigInt(value as number) : value;
      if (isWhole) types[name] = BIGINT;
    }
    statement.bind(values, types);
    return await statement.run();
  } finally {
    statement.destroySync();
  }
}

/**
 * Has the database read all lines at once. `false` when any of them is not a tick as Ticklake writes it: then none is
 * loaded, since the database cannot say where a bad line is, and is less strict.
 */
async function loadFile(engine: Engine, file: string, blobs: readonly Blob[]): Promise<boolean> {
  const output = await Deno.create(file);
  await ReadableStream.from(joinLines(blobs)).pipeTo(output.writable);
  const blob = file;
  try {
    await runStaging(engine, "read_ndjson.sql", { file, blob });
    const refused = await engine.run(
      "select line from judged_lines where blob = $blob and reason is not null limit 1",
      { blob },
    );
    if (refused.rows === 0) return true;
  } catch (error) {
    // A line that is no JSON ends the reading.
    if (!(error instanceof AnalysisError && error.problem.includes("Malformed JSON"))) throw error;
  } finally {
    await Deno.remove(file);
  }
  await engine.run("delete from raw_ticks where blob = $blob", { blob });
  return false;
}

async function loadLines(connection: DuckDBConnection, blobs: readonly Blob[]): Promise<void> {
  const appender = await connection.createAppender("raw_ticks");
  for (const blob of blobs) {
    for (const line of readLines(blob)) appendLine(appender, line);
  }
  appender.closeSync();
}

const fieldTypes = Object.entries(rawFields);

function appendLine(appender: DuckDBAppender, { blob, line, tick }: BlobLine): void {
  appender.appendVarchar(blob);
  appender.appendInteger(line);
  appendField(appender, "text", tick.problem ?? undefined);
  const fields = tick.fields as Record<string, string | number | bigint | undefined>;
  for (const [field, type] of fieldTypes) appendField(appender, type, fields[field]);
  appender.endRow();
}

function appendField(
  appender: DuckDBAppender,
  type: RawType,
  value: string | number | bigint | undefined,
): void {
  if (value === undefined) return appender.appendNull();
  if (type === "text" || type === "word") return appender.appendVarchar(value as string);
  if (type === "double") return appender.appendDouble(value as number);
  if (type === "integer") return appender.appendInteger(value as number);
  if (type === "long") return appender.appendBigInt(BigInt(value));
  appender.appendTimestamp(new DuckDBTimestampValue(BigInt(value)));
}

const columnTypes: ReadonlyMap<DuckDBTypeId, ColumnType> = new Map([
  [DuckDBTypeId.VARCHAR, "text"],
  [DuckDBTypeId.FLOAT, "double"],
  [DuckDBTypeId.DOUBLE, "double"],
  [DuckDBTypeId.TINYINT, "integer"],
  [DuckDBTypeId.SMALLINT, "integer"],
  [DuckDBTypeId.INTEGER, "integer"],
  [DuckDBTypeId.BIGINT, "integer"],
  [DuckDBTypeId.BOOLEAN, "boolean"],
  [DuckDBTypeId.TIMESTAMP, "timestamp"],
]);

async function decodeResult(result: DuckDBMaterializedResult): Promise<Table> {
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = result.columnNames().map((name, index): Column => {
    const type = columnTypes.get(result.columnTypeId(index));
    if (type === undefined) {
      const other = result.columnType(index);
      throw new TypeError(
        `column "${name}" is ${other}, expected a text, double, integer, boolean or timestamp: cast it`,
      );
    }
    const values = new Array<Value>(rows);
    let row = 0;
    for (const chunk of chunks) {
      const vector = chunk.getColumnVector(index);
      for (let item = 0; item < chunk.rowCount; item++, row++) {
        values[row] = decode(vector.getItem(item), name, row);
      }
    }
    return { name, type, values };
  });
  return { columns, rows };
}

function decode(item: DuckDBValue, column: string, row: number): Value {
  if (typeof item === "bigint") return safeInteger(item, column, row);
  if (item instanceof DuckDBTimestampValue) return safeInteger(item.micros, column, row) / 1000;
  return item as Value;
}
