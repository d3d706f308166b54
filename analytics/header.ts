import type { ChartNote, ColumnNote, Parameter, ParameterType } from "./analysis.ts";
import type { ColumnType } from "./engine.ts";
import { parameterRange, parseValue } from "./parameter.ts";

/** A note's value, and the line it begins on. */
export interface Note<T> {
  readonly value: T;
  readonly line: number;
}

/** The comment lines that an analysis begins with, `-- key: value` each. */
export interface Header {
  readonly title: string;
  readonly about: string;
  readonly parameters: readonly Note<Parameter>[];
  readonly columns: readonly Note<ColumnNote>[];
  readonly charts: readonly Note<ChartNote>[];
  readonly checks: readonly Note<string>[];
  readonly model: string | null;
}

/** Ends the reading: what is wrong, and on which line. */
type Fail = (problem: string, line?: number) => never;

const keys = ["title", "about", "param", "column", "chart", "check", "model"];

/**
 * Reads the header of an analysis. A line that begins with `--` and two spaces or more continues the note above it.
 *
 * @throws what `fail` throws, for a note that is unknown, repeated, malformed or missing.
 */
export function readHeader(text: string, fail: Fail): Header {
  const notes = readNotes(text, fail);
  const of = <T>(key: string, parse: (value: string, fail: (problem: string) => never) => T): Note<T>[] =>
    notes.filter((note) => note.key === key).map(({ value, line }) => ({
      value: parse(value, (problem) => fail(problem, line)),
      line,
    }));
  const header = {
    title: of("title", String),
    about: of("about", String),
    parameters: of("param", parseParameter),
    columns: of("column", parseColumn),
    charts: of("chart", parseChart),
    checks: of("check", String),
    model: of("model", String),
  };
  refuseRepeats("title", header.title, () => "title", fail);
  refuseRepeats("about", header.about, () => "about", fail);
  refuseRepeats("model", header.model, () => "model", fail);
  refuseRepeats("parameter", header.parameters, ({ name }) => name, fail);
  refuseRepeats("column", header.columns, ({ name }) => name, fail);
  return {
    ...header,
    title: header.title[0]?.value ?? fail(`the header has no "-- title: ..."`),
    about: header.about[0]?.value ?? fail(`the header has no "-- about: ..."`),
    model: header.model[0]?.value ?? null,
    columns: header.columns.length > 0 ? header.columns : fail(`the header has no "-- column: ..."`),
  };
}

function readNotes(text: string, fail: Fail): { key: string; value: string; line: number }[] {
  const notes: { key: string; value: string; line: number }[] = [];
  for (const [index, row] of text.split("\n").entries()) {
    if (!row.startsWith("--")) break;
    const line = index + 1;
    const last = notes.at(-1);
    const continued = /^--\s{2,}(\S.*)$/.exec(row)?.[1];
    if (continued !== undefined && last !== undefined) {
      last.value += ` ${continued.trimEnd()}`;
      continue;
    }
    const [, key, value] = /^-- ([a-z]+): *(.*?)\s*$/.exec(row) ?? fail(`expected "-- key: value"`, line);
    if (!keys.includes(key!)) fail(`key "${key}" is unknown, expected one of ${keys.join(", ")}`, line);
    if (value === "") fail(`"${key}" is empty`, line);
    notes.push({ key: key!, value: value!, line });
  }
  return notes;
}

function refuseRepeats<T>(what: string, notes: readonly Note<T>[], nameOf: (value: T) => string, fail: Fail) {
  const seen = new Set<string>();
  for (const { value, line } of notes) {
    const name = nameOf(value);
    if (seen.has(name)) fail(what === name ? `"${name}" is repeated` : `${what} "${name}" is repeated`, line);
    seen.add(name);
  }
}

const types = "text|double|integer|boolean|timestamp";
const parameterPattern = new RegExp(
  `^([a-z][a-z0-9_]*) (${types}|step) = (.+?)(?: min (\\S+))?(?: max (\\S+))?(?: in (\\S+))? \\| (.+)$`,
);
const columnPattern = new RegExp(`^([a-z][a-z0-9_]*) (${types}) \\| (.+)$`);

function parseParameter(value: string, fail: (problem: string) => never): Parameter {
  const match = parameterPattern.exec(value) ??
    fail(`expected "name ${types}|step = default [min N] [max N] [in A,B] | what it is", got "${value}"`);
  const [, name, type, text, min, max, choices, about] = match as unknown as string[];
  const bound = (word: string, limit: string | undefined): number | null => {
    if (limit === undefined) return null;
    const isNumber = type === "integer" || type === "double";
    if (!isNumber || !Number.isFinite(Number(limit))) {
      fail(`${word} of "${name}" is ${limit}, expected a number's bound`);
    }
    return Number(limit);
  };
  const parameter: Parameter = {
    name: name!,
    type: type as ParameterType,
    default: null,
    min: bound("min", min),
    max: bound("max", max),
    choices: choices?.split(",") ?? null,
    about: about!,
  };
  const byDefault = parseValue(parameter, text!) ??
    fail(`default of "${name}" is ${text}, expected ${parameterRange(parameter)}`);
  return { ...parameter, default: byDefault };
}

function parseColumn(value: string, fail: (problem: string) => never): ColumnNote {
  const match = columnPattern.exec(value) ??
    fail(`expected "name ${types} | unit or meaning", got "${value}"`);
  const [, name, type, about] = match as unknown as string[];
  return { name: name!, type: type as ColumnType, about: about! };
}

function parseChart(value: string, fail: (problem: string) => never): ChartNote {
  const [kind, ...words] = value.split(/\s+/);
  const channels: Record<string, readonly string[]> = {};
  for (const word of words) {
    const [, channel, names] = /^([a-z_]+)=([a-z0-9_]+(?:,[a-z0-9_]+)*)$/.exec(word) ??
      fail(`expected "kind channel=column,column ...", got "${word}"`);
    if (Object.hasOwn(channels, channel!)) fail(`channel "${channel}" is repeated`);
    channels[channel!] = names!.split(",");
  }
  if (words.length === 0) fail(`chart "${kind}" has no channels, expected such as x=time y=price`);
  return { kind: kind!, channels };
}
