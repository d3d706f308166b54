import { type Analysis, AnalysisError } from "./analysis.ts";
import type { Column, Engine, Parameters, Table, Value } from "./engine.ts";
import { models } from "./models/index.ts";
import { readParameters } from "./parameter.ts";
import { splitStatements } from "./sql_text.ts";
import { withBars } from "./staging.ts";
import { formatTime } from "./time.ts";

/** A result, and the values it was made with: those given and the defaults of the others. */
export interface AnalysisResult {
  readonly table: Table;
  readonly parameters: Readonly<Record<string, Value>>;
}

/**
 * Runs an analysis over the loaded ticks, and holds the result against the header: its columns, by name and type, and
 * its checks.
 *
 * @param given Parameters as texts, by name.
 * @throws {ParameterError} for a parameter that is not declared, not of its type or out of its bounds.
 * @throws {AnalysisError} with the file, when the database refuses the SQL or the result is not what the header says.
 */
export async function runAnalysis(
  engine: Engine,
  analysis: Analysis,
  given: Readonly<Record<string, string>>,
): Promise<AnalysisResult> {
  const parameters = readParameters(analysis.parameters, given);
  const file = `${analysis.name}.sql`;
  const step = analysis.parameters.find(({ type }) => type === "step")?.name;
  try {
    const query = () => engine.run(withChecks(analysis), parameters);
    const { columns, rows } =
      await (step === undefined ? query() : withBars(engine, String(parameters[step]), query));
    const hasChecks = analysis.checks.length > 0;
    const selected = { columns: hasChecks ? columns.slice(0, -1) : columns, rows };
    const table = applyModel(analysis, selected, parameters);
    verifyColumns(analysis, table);
    if (hasChecks) verifyChecks(analysis.checks, columns.at(-1)!, table);
    return { table, parameters };
  } catch (cause) {
    if (!(cause instanceof AnalysisError)) throw cause;
    const { problem, line, sql } = cause;
    throw new AnalysisError(problem, { file, line, sql: sql ?? analysis.sql, cause });
  }
}

function applyModel({ model, sql }: Analysis, selected: Table, parameters: Parameters): Table {
  if (model === null) return selected;
  const make = models.get(model);
  if (make === undefined) {
    throw new AnalysisError(`model "${model}" is unknown, expected one of ${[...models.keys()].join(", ")}`, {
      sql,
    });
  }
  return make(selected, parameters);
}

/**
 * The checks become one more column: the number of the first that fails, or null. As in SQL, a check that is null is no
 * failure. All on the first line, so that the database's line numbers are the file's.
 */
function withChecks({ sql, checks }: Analysis): string {
  if (checks.length === 0) return sql;
  const cases = checks.map((check, index) => `when not (${check}) then ${index + 1}`);
  return `select *, case ${cases.join(" ")} end as "failed check" from (${splitStatements(sql)[0]}\n)`;
}

function verifyColumns({ columns: declared }: Analysis, { columns }: Table): void {
  const show = (all: readonly { name: string; type: string }[]) =>
    all.map(({ name, type }) => `${name} ${type}`).join(", ");
  if (show(declared) === show(columns)) return;
  throw new AnalysisError(`the result has the columns ${show(columns)}; the header says ${show(declared)}`);
}

/** Of the first check that fails, the first row is shown. */
function verifyChecks(checks: readonly string[], failed: Column, { columns, rows }: Table): void {
  let first = { check: Infinity, row: -1 };
  for (let row = 0; row < rows; row++) {
    const check = failed.values[row];
    if (check !== null && Number(check) < first.check) first = { check: Number(check), row };
  }
  if (first.row === -1) return;
  const shown = columns.map(({ name, type, values }) => {
    const value = values[first.row]!;
    return `${name}=${type === "timestamp" && value !== null ? formatTime(Number(value)) : value}`;
  });
  throw new AnalysisError(
    `check "${checks[first.check - 1]}" fails in row ${first.row + 1}: ${shown.join(" ")}`,
  );
}
