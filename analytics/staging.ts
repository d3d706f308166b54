import type { Engine, Parameters } from "./engine.ts";
import { splitStatements } from "./sql_text.ts";

/** Runs the statements of a file in sql/, one after the other. */
export async function runStaging(engine: Engine, name: string, parameters?: Parameters): Promise<void> {
  const sql = await Deno.readTextFile(new URL(`../sql/${name}`, import.meta.url));
  for (const statement of splitStatements(sql)) await engine.run(statement, parameters);
}

/** The last query over `bars` of each engine: the table is one step's at a time, so they wait for each other. */
const queries = new WeakMap<Engine, Promise<unknown>>();

/**
 * Runs a query over the table `bars`, which is made from the loaded ticks first unless it is there already.
 *
 * @param step The length of a bar, as an interval, `1 minute`; or `tick`.
 */
export function withBars<T>(engine: Engine, step: string, query: () => Promise<T>): Promise<T> {
  const turn = (queries.get(engine) ?? Promise.resolve()).then(async () => {
    const { rows } = await engine.run("select step from bars_steps where step = $step", { step });
    if (rows === 0) await runStaging(engine, step === "tick" ? "tick_bars.sql" : "bars.sql", { step });
    await engine.run("set variable bars_step = $step", { step });
    return await query();
  });
  queries.set(engine, turn.catch(() => {}));
  return turn;
}
