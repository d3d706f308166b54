import { AnalysisError } from "./analysis.ts";

/** What DuckDB refused, in its own words, with the line of the SQL that it names. */
export function databaseError(sql: string, cause: unknown): AnalysisError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const line = /^LINE (\d+):/m.exec(message)?.[1];
  const problem = message.split("\n\n")[0]!.replaceAll("\n", " ");
  return new AnalysisError(problem, { line: line === undefined ? null : Number(line), sql, cause });
}
