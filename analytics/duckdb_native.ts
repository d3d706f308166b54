import {
  BIGINT,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBEnumType,
  DuckDBInstance,
  type DuckDBMaterializedResult,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
import { join } from "node:path";
import { databaseError } from "./database_error.ts";
import type { Column, Engine, Parameters, Table } from "./engine.ts";
import { encodeChunks } from "./native_batch.ts";
import { type Cell, decodeColumn } from "./native_column.ts";
import { parameterNames } from "./sql_text.ts";

/**
 * DuckDB as native code: faster than {@link file://./duckdb_wasm.ts}, and able to use the disk when memory is short, but
 * outside Deno's sandbox. It is shut in another way: no extensions, no network, no files but in a folder of its own, which
 * is gone when it is disposed, and no way to open that again. It needs `--allow-ffi`, and to write temporary files.
 *
 * @param memoryLimit What it takes before it uses the disk, `2GB` or `50%`; 80 % of the machine's memory unless told.
 */
export async function duckdbNative(memoryLimit: string | null = null): Promise<Engine> {
  const folder = await Deno.makeTempDir({ prefix: "ticklake-" });
  // With more threads, sums of doubles would differ in the last digits from run to run.
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  if (memoryLimit !== null) await connection.run(`set memory_limit = ${quote(memoryLimit)}`);
  for (const setting of lockdown(folder)) await connection.run(setting);
  let unpacked = 0;
  return {
    async insert(table, batch) {
      try {
        const appender = await connection.createAppender(table);
        for (const chunk of encodeChunks(batch)) appender.appendDataChunk(new DuckDBDataChunk(chunk));
        appender.closeSync();
      } catch (cause) {
        throw databaseError(`insert into ${table}`, cause);
      }
    },
    async run(sql, parameters = {}) {
      try {
        return await decodeResult(await runStatement(connection, sql, parameters));
      } catch (cause) {
        throw databaseError(sql, cause);
      }
    },
    packing: "parquet",
    async pack(sql, file) {
      const own = join(folder, "packed.parquet");
      try {
        await connection.run(`copy (${sql}) to ${quote(own)} (format parquet)`);
        await Deno.copyFile(own, file);
      } catch (cause) {
        throw databaseError(sql, cause);
      }
    },
    async unpack(files) {
      const own: string[] = [];
      for (const file of files) own.push(await bringIn(file, join(folder, `${++unpacked}.parquet`)));
      const relation = `read_parquet([${own.map(quote).join(", ")}])`;
      const sql = `select 1 from ${relation} limit 0`;
      try {
        await connection.run(sql);
        return relation;
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
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

function lockdown(folder: string): readonly string[] {
  const quoted = quote(folder);
  return [
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    `set temp_directory = ${quoted}`,
    `set allowed_directories = [${quoted}]`,
    "set enable_external_access = false",
    "set lock_configuration = true",
  ];
}

/** A file as one of the only folder that the database may read; without a copy, if both are on one disk. */
async function bringIn(file: string, own: string): Promise<string> {
  await Deno.link(file, own).catch(() => Deno.copyFile(file, own));
  return own;
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

const cells: ReadonlyMap<DuckDBTypeId, Cell> = new Map<DuckDBTypeId, Cell>([
  [DuckDBTypeId.VARCHAR, { kind: "text" }],
  [DuckDBTypeId.FLOAT, { kind: "number", type: "double", items: Float32Array }],
  [DuckDBTypeId.DOUBLE, { kind: "number", type: "double", items: Float64Array }],
  [DuckDBTypeId.TINYINT, { kind: "number", type: "integer", items: Int8Array }],
  [DuckDBTypeId.SMALLINT, { kind: "number", type: "integer", items: Int16Array }],
  [DuckDBTypeId.INTEGER, { kind: "number", type: "integer", items: Int32Array }],
  [DuckDBTypeId.BIGINT, { kind: "number", type: "integer", items: BigInt64Array }],
  [DuckDBTypeId.TIMESTAMP, { kind: "number", type: "timestamp", items: BigInt64Array }],
  [DuckDBTypeId.BOOLEAN, { kind: "boolean" }],
]);

function cellOf(type: DuckDBType): Cell | undefined {
  if (!(type instanceof DuckDBEnumType)) return cells.get(type.typeId);
  const { values: words, internalTypeId } = type;
  if (internalTypeId === DuckDBTypeId.UTINYINT) return { kind: "word", words, items: Uint8Array };
  return {
    kind: "word",
    words,
    items: internalTypeId === DuckDBTypeId.USMALLINT ? Uint16Array : Uint32Array,
  };
}

async function decodeResult(result: DuckDBMaterializedResult): Promise<Table> {
  const chunks = (await result.fetchAllChunks()).map(({ chunk }) => chunk);
  const columns = result.columnNames().map((name, index): Column => {
    const type = result.columnType(index);
    const cell = cellOf(type);
    if (cell !== undefined) return decodeColumn(name, cell, chunks, index);
    throw new TypeError(
      `column "${name}" is ${type}, expected a text, double, integer, boolean or timestamp: cast it`,
    );
  });
  return { columns, rows: columns[0]?.values.length ?? 0 };
}
