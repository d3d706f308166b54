/** Rows as lines of text, numbers to the right: for people; programs take `--json`. */
export function textTable(rows: readonly Readonly<Record<string, string | number | null>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => row[name] === null ? "-" : String(row[name])));
  const widths = names.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]!.length))
  );
  const isNumber = names.map((name) => rows.every((row) => typeof row[name] === "number"));
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    )
      .join("  ").trimEnd();
  return [names, ...cells].map(line).join("\n");
}
