import type { Engine, Parameters } from "./engine.ts";
import { splitStatements } from "./sql_text.ts";

/** Runs the statements of a file in sql/, one after the other. */
export async function runStaging(engine: Engine, name: string, parameters?: Parameters): Promise<void> {
  const sql = await Deno.readTextFile(new URL(`../sql/${name}`, import.meta.url));
  for (const statement of splitStatements(sql)) await engine.run(statement, parameters);
}

/**
 * Makes the table `bars` from the loaded ticks, unless it is there already.
 *
 * @param step The length of a bar, as an interval, `1 minute`; or `tick`.
 */
export async function stageBars(engine: Engine, step: string): Promise<void> {
  const { rows } = await engine.run("select step from bars_step where step = $step", { step });
  if (rows === 0) await runStaging(engine, step === "tick" ? "tick_bars.sql" : "bars.sql", { step });
}
