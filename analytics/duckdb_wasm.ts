import { createDuckDB, NODE_RUNTIME, VoidLogger } from "@duckdb/duckdb-wasm/blocking";
import { createRequire } from "node:module";
import { AnalysisError } from "./analysis.ts";
import { arrowStream, decodeTable, encodeBatch } from "./arrow.ts";
import { free } from "./column_batch.ts";
import { databaseError } from "./database_error.ts";
import type { Engine, Parameters, Value } from "./engine.ts";
import { parameterNames, replaceParameters } from "./sql_text.ts";

/** What the sandbox leaves open is closed: no extensions, no files, no network, and no way to open them again. */
const lockdown = [
  "set autoinstall_known_extensions = false",
  "set autoload_known_extensions = false",
  "set enable_external_access = false",
  "set lock_configuration = true",
];

/** DuckDB in WebAssembly: a database in memory, sandboxed, on the thread that calls it. It takes a second to start. */
export async function duckdbWasm(): Promise<Engine> {
  const database = await openDatabase();
  const connection = database.connect();
  for (const setting of lockdown) connection.query(setting);
  let unpacked = 0;
  return {
    // deno-lint-ignore require-await -- the interface is for engines on other threads, too
    async insert(table, batch) {
      try {
        const stream = encodeBatch(batch);
        connection.insertArrowFromIPCStream(stream, { name: table, create: false });
        free(stream);
      } catch (cause) {
        throw wasmError(`insert into ${table}`, cause);
      }
    },
    // deno-lint-ignore require-await
    async run(sql, parameters = {}) {
      try {
        const { text, values } = bind(sql, parameters);
        const statement = connection.prepare(text);
        try {
          return decodeTable(statement.query(...values));
        } finally {
          statement.close();
        }
      } catch (cause) {
        throw wasmError(sql, cause);
      }
    },
    packing: "arrow",
    async pack(sql, file) {
      let packed: Uint8Array;
      try {
        packed = connection.useUnsafe((bindings, handle) => bindings.runQuery(handle, sql));
      } catch (cause) {
        throw wasmError(sql, cause);
      }
      await Deno.writeFile(file, packed);
    },
    async unpack(files) {
      const name = `unpacked_${++unpacked}`;
      let next = Deno.readFile(files[0]!);
      for (const [index, file] of files.entries()) {
        try {
          const packed = await next;
          if (index + 1 < files.length) next = Deno.readFile(files[index + 1]!);
          connection.insertArrowFromIPCStream(arrowStream(packed), { name, create: index === 0 });
          free(packed);
        } catch (cause) {
          throw wasmError(`unpack ${file}`, cause);
        }
      }
      return name;
    },
    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      try {
        connection.close();
        database.reset();
      } catch {
        // One that has run out of memory cannot even be closed; it goes with its memory.
      }
    },
  };
}

async function openDatabase() {
  const { resolve } = createRequire(import.meta.url);
  const bundle = (name: string) => ({
    mainModule: resolve(`@duckdb/duckdb-wasm/dist/duckdb-${name}.wasm`),
    mainWorker: "",
  });
  const bundles = { mvp: bundle("mvp"), eh: bundle("eh") };
  const database = await createDuckDB(bundles, new VoidLogger(), NODE_RUNTIME);
  await database.instantiate(() => {});
  database.open({ path: ":memory:" });
  return database;
}

/**
 * duckdb-wasm binds by position only, and every number as a double; a whole one is cast, since `//` and window frames
 * tell integers from doubles.
 */
function bind(sql: string, parameters: Parameters): { text: string; values: Value[] } {
  const names = parameterNames(sql);
  const values = names.map((name) => {
    if (!Object.hasOwn(parameters, name)) throw new TypeError(`$${name} has no value`);
    return parameters[name]!;
  });
  const text = replaceParameters(sql, (name) => {
    const index = names.indexOf(name);
    return Number.isInteger(values[index]) ? `cast($${index + 1} as bigint)` : `$${index + 1}`;
  });
  return { text, values };
}

/** WebAssembly has 4 GB, and no disk to put aside what does not fit. */
function wasmError(sql: string, cause: unknown): AnalysisError {
  const error = databaseError(sql, cause);
  if (!/out of memory|bad_alloc|out of bounds/i.test(error.problem)) return error;
  const mend = "load a shorter range or one symbol, or use the native engine, which can use the disk";
  return new AnalysisError(`no memory is left for DuckDB in WebAssembly: ${mend}`, { sql, cause });
}
