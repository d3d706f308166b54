/**
 * What matters in SQL text without understanding it: strings, quoted names and comments, in which a `$name` or a `;`
 * means nothing, then a `$name`, then the `;` between statements.
 */
const pattern = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([a-z_][a-z0-9_]*)|(;)/gi;

/** The parameters that SQL uses, each once, in the order of first use and without their `$`. */
export function parameterNames(sql: string): readonly string[] {
  const names = [...sql.matchAll(pattern)].flatMap(([, name]) => name === undefined ? [] : [name]);
  return [...new Set(names)];
}

/** Writes something else in the place of each `$name`. */
export function replaceParameters(sql: string, write: (name: string) => string): string {
  return sql.replaceAll(pattern, (text, name?: string) => name === undefined ? text : write(name));
}

/** The statements of a file, without the `;` between them; what holds nothing but comments is no statement. */
export function splitStatements(sql: string): readonly string[] {
  const ends = [...sql.matchAll(pattern)].flatMap((match) => match[2] === undefined ? [] : [match.index]);
  return [...ends, sql.length]
    .map((end, index) => sql.slice(index === 0 ? 0 : ends[index - 1]! + 1, end))
    .filter((statement) => statement.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, "").trim() !== "");
}
