import { duckdbNative } from "#analytics/duckdb_native.ts";
import { duckdbWasm } from "#analytics/duckdb_wasm.ts";

/** Every engine, by the name that `--engine` takes: each passes the same tests. */
export const engines = [["wasm", duckdbWasm], ["native", duckdbNative]] as const;
