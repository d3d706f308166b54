import type { ColumnType, Value } from "./engine.ts";
import { type Header, readHeader } from "./header.ts";
import { parameterNames, splitStatements } from "./sql_text.ts";

/** A `step` is the length of a bar, `1 minute`, or `tick`: it says what the table `bars` holds, and is no `$name`. */
export type ParameterType = ColumnType | "step";

/** A `$name` that an analysis understands: `-- param: periods integer = 5 min 1 max 100000 | how many prices`. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: Value;
  /** Inclusive bounds of a number; `null` where there is none. */
  readonly min: number | null;
  readonly max: number | null;
  /** The texts that are allowed; `null` where any is. */
  readonly choices: readonly string[] | null;
  readonly about: string;
}

/** `-- column: moving_avg double | USD`. */
export interface ColumnNote {
  readonly name: string;
  readonly type: ColumnType;
  /** Unit or meaning. */
  readonly about: string;
}

/** `-- chart: line x=time y=price,moving_avg`. */
export interface ChartNote {
  readonly kind: string;
  /** Column names by channel: `x`, `y`, ... */
  readonly channels: Readonly<Record<string, readonly string[]>>;
}

/** One question in SQL: the file's name is its id, and the name of its CSV, charts and fixture folder. */
export interface Analysis {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly ColumnNote[];
  readonly charts: readonly ChartNote[];
  /** Conditions that every row of the result fulfils. */
  readonly checks: readonly string[];
  /** What makes the result of what the SQL selects (see models/); `null` where that is the result. */
  readonly model: string | null;
  readonly sql: string;
}

/** Where an analysis went wrong, as far as is known. */
export interface AnalysisPlace {
  readonly file?: string | null;
  /** Counts from 1. */
  readonly line?: number | null;
  readonly sql?: string | null;
  readonly cause?: unknown;
}

/** An analysis that is written wrongly, that the database refuses, or whose result is not what its header says. */
export class AnalysisError extends Error {
  override readonly name = "AnalysisError";
  readonly file: string | null;
  readonly line: number | null;
  readonly sql: string | null;

  /** @param problem What is wrong and how to mend it; the message puts file and line before it. */
  constructor(readonly problem: string, { file = null, line = null, sql = null, cause }: AnalysisPlace = {}) {
    const place = [file, line].filter((part) => part !== null).join(":");
    super(place === "" ? problem : `${place}: ${problem}`, { cause });
    this.file = file;
    this.line = line;
    this.sql = sql;
  }
}

/**
 * Reads an analysis: the header's notes, and that they fit each other and the SQL.
 *
 * @param file Its name, `moving_average.sql`, with or without folders before it.
 * @throws {AnalysisError} with file and line, for a note that is unknown, repeated or malformed, for a parameter
 * that is used but not declared or declared but not used, and for anything but one statement.
 */
export function parseAnalysis(file: string, text: string): Analysis {
  const fail = (problem: string, line?: number): never => {
    throw new AnalysisError(problem, { file, line, sql: text });
  };
  const name = /(?:^|\/)([a-z][a-z0-9_]*)\.sql$/.exec(file)?.[1] ??
    fail("the file's name must be a-z, 0-9 and _, and end in .sql");
  const header = readHeader(text, fail);
  const statements = splitStatements(text).length;
  if (statements !== 1) fail(`has ${statements} statements, expected one`);

  verifyParameters(header, text, fail);
  if (header.model !== null && header.checks.length > 0) {
    fail("a check is of what the SQL selects, and a model changes that", header.checks[0]!.line);
  }
  const columns = header.columns.map(({ value }) => value);
  for (const { value, line } of header.charts) {
    const stranger = Object.values(value.channels).flat().find((x) =>
      !columns.some((column) => column.name === x)
    );
    if (stranger !== undefined) fail(`chart uses the column "${stranger}", which is not declared`, line);
  }
  return {
    name,
    title: header.title,
    about: header.about,
    parameters: header.parameters.map(({ value }) => value),
    columns,
    charts: header.charts.map(({ value }) => value),
    checks: header.checks.map(({ value }) => value),
    model: header.model,
    sql: text,
  };
}

/** What is declared is used, and what is used is declared. A step is used by reading `bars`, others maybe by a model. */
function verifyParameters(
  { parameters, model }: Header,
  sql: string,
  fail: (problem: string, line?: number) => never,
): void {
  const used = parameterNames(sql);
  const readsBars = /\b(from|join) bars\b/.test(sql);
  for (const { value: { name, type }, line } of parameters) {
    if (type === "step" && !readsBars) {
      fail(`parameter "${name}" is a step, but the table bars is not read`, line);
    }
    if (type !== "step" && model === null && !used.includes(name)) {
      fail(`parameter "${name}" is declared but $${name} is not used`, line);
    }
  }
  const steps = parameters.filter(({ value }) => value.type === "step").length;
  if (steps > 1 || (readsBars && steps === 0)) {
    fail(`reads bars with ${steps} steps declared, expected one "-- param: step step = 1 minute | ..."`);
  }
  const missing = used.find((name) => !parameters.some(({ value }) => value.name === name));
  if (missing !== undefined) fail(`$${missing} is used but not declared; add "-- param: ${missing} ..."`);
}
