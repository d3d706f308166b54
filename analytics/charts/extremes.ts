import { at } from "./columns.ts";

/**
 * The rows that a picture needs: of every bucket of x the first, the last, the lowest and the highest, so that no
 * extreme is hidden and the line looks as if all had been drawn (M4: Jugel et al., "M4: A Visualization-Oriented Time
 * Series Data Aggregation", VLDB 2014). Rows whose y is NaN are left out. A width of 0 keeps them all.
 *
 * @param rows in order of x
 * @param width of a bucket, in the unit of x
 */
export function keepExtremes(
  rows: Uint32Array,
  x: Float64Array,
  y: Float64Array,
  width: number,
): readonly number[] {
  const kept: number[] = [];
  const start = at(x, rows[0]);
  let bucket = -1;
  let [first, lowest, highest, last] = [-1, -1, -1, -1];
  const close = () => {
    if (bucket >= 0) kept.push(...new Set([first, ...inRowOrder(lowest, highest), last]));
  };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const value = y[row]!;
    if (!Number.isFinite(value)) continue;
    const here = width > 0 ? Math.floor((x[row]! - start) / width) : i;
    if (here !== bucket) {
      close();
      bucket = here;
      first = lowest = highest = i;
    } else if (value < y[rows[lowest]!]!) lowest = i;
    else if (value > y[rows[highest]!]!) highest = i;
    last = i;
  }
  close();
  return kept.map((i) => rows[i]!);
}

function inRowOrder(a: number, b: number): readonly [number, number] {
  return a <= b ? [a, b] : [b, a];
}
