import type { Analysis } from "./analysis.ts";
import { parameterRange } from "./parameter.ts";

/** Markdown that describes the analyses, from their headers alone: a list to choose from, then each one. */
export function renderCatalog(analyses: readonly Analysis[]): string {
  const list = analyses.map(({ name, title }) => `- [${title}](#${name}) (\`${name}\`)`);
  return [
    "# Analyses",
    wrap(
      "Each is a file in `sql/analyses/`, run by its name: `deno task analyze NAME --param name=value`. This page is " +
        "made of their headers; a test holds it true.",
    ),
    list.join("\n"),
    ...analyses.map(renderAnalysis),
  ].join("\n\n") + "\n";
}

function renderAnalysis({ name, title, about, parameters, columns }: Analysis): string {
  const parts = [`<a id="${name}"></a>\n\n## ${title}`, wrap(`\`${name}\`. ${about}`)];
  if (parameters.length > 0) {
    const rows = parameters.map((parameter) => [
      `\`${parameter.name}\``,
      `\`${parameter.default}\``,
      parameterRange(parameter),
      parameter.about,
    ]);
    parts.push(table(["parameter", "default", "allowed", "meaning"], rows));
  }
  const rows = columns.map((column) => [`\`${column.name}\``, column.type, column.about]);
  parts.push(table(["column", "type", "meaning"], rows));
  return parts.join("\n\n");
}

/** A Markdown table, its columns padded to their widest cell as `deno fmt` does it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, index) => Math.max(...cells.map((row) => row[index]!.length)));
  const lines = cells.map((row) =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`
  );
  return [lines[0], `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...lines.slice(1)].join(
    "\n",
  );
}

const lineWidth = 110;

/** Breaks lines where `deno fmt` does. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= lineWidth) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
