import type { Analysis } from "#analytics/analysis.ts";
import type { Table } from "#analytics/engine.ts";

/** The figure that an analysis is about: the last column that its first chart draws, and that has a value. */
export interface Headline {
  readonly column: string;
  /** Its unit or meaning, as the header has it. */
  readonly about: string;
  /** `null` where the column has no value. */
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** The column's course in `sparkWidth` steps or fewer, each the mean of its share; `null` for a share without values. */
  readonly course: readonly (number | null)[];
}

const sparkWidth = 24;

/** Channels that say where a figure stands, or go with it. */
const beside = ["x", "mark", "score", "band", "open", "high", "low", "volume"];

/** `null` for an analysis whose first chart draws no numbers, or that has none. */
export function headline({ charts, columns }: Analysis, table: Table): Headline | null {
  const channels = Object.entries(charts[0]?.channels ?? {}).filter(([channel]) => !beside.includes(channel));
  const drawn = channels.flatMap(([, names]) => names).reverse()
    .map((name) => table.columns.find((each) => each.name === name))
    .filter((each) => each?.type === "double" || each?.type === "integer");
  const column = drawn.find((each) => Array.prototype.some.call(each!.values, (value) => value !== null)) ??
    drawn[0];
  if (column === undefined) return null;
  const numbers = Array.from(column.values, (value) => value === null ? null : Number(value));
  const present = numbers.filter((value) => value !== null);
  return {
    column: column.name,
    about: columns.find((note) => note.name === column.name)?.about ?? "",
    last: present.at(-1) ?? null,
    min: present.reduce<number | null>(
      (least, value) => least === null || value < least ? value : least,
      null,
    ),
    max: present.reduce<number | null>((most, value) => most === null || value > most ? value : most, null),
    course: course(numbers),
  };
}

function course(numbers: readonly (number | null)[]): (number | null)[] {
  const steps = Math.min(sparkWidth, numbers.length);
  return Array.from({ length: steps }, (_, step) => {
    const from = Math.floor(step * numbers.length / steps);
    const share = numbers.slice(from, Math.floor((step + 1) * numbers.length / steps)).filter((value) =>
      value !== null
    );
    return share.length === 0 ? null : share.reduce((sum, value) => sum + value, 0) / share.length;
  });
}

const blocks = "▁▂▃▄▅▆▇█";

/** A course as blocks of eight heights, from its lowest to its highest; a dot where there is no value. */
export function sparkline(course: readonly (number | null)[]): string {
  const present = course.filter((value) => value !== null);
  const low = Math.min(...present);
  const height = Math.max(...present) - low;
  return course.map((value) => {
    if (value === null) return "·";
    return height === 0 ? blocks[3] : blocks[Math.min(7, Math.floor((value - low) / height * 8))];
  }).join("");
}

/** Names, rows, last value and course, one analysis a line. */
export function headlineTable(
  results: readonly { readonly name: string; readonly rows: number; readonly headline: Headline | null }[],
): string {
  const cells = results.map(({ name, rows, headline }) => [
    name,
    `${rows.toLocaleString("en")} rows`,
    headline?.last === null || headline === null ? "" : number(headline.last),
    headline?.column ?? "",
    headline === null ? "" : sparkline(headline.course),
  ]);
  const widths = [0, 1, 2, 3].map((index) => Math.max(...cells.map((row) => row[index]!.length)));
  return cells.map(([name, rows, last, column, spark]) =>
    `  ${name!.padEnd(widths[0]!)}  ${rows!.padStart(widths[1]!)}  ${last!.padStart(widths[2]!)} ${
      column!.padEnd(widths[3]!)
    }  ${spark}`.trimEnd()
  ).join("\n");
}

/** Enough digits to tell prices and ratios apart. */
function number(value: number): string {
  return value.toLocaleString(
    "en",
    Math.abs(value) < 10 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 2 },
  );
}
