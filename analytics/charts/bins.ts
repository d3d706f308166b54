import { at, extentOf } from "./columns.ts";

/** Bins of one width, side by side; their edges are multiples of it. */
export interface Bins {
  /** Lower edge of the first. */
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

/** Fewer bins hide the shape, more of them show noise. */
const [fewest, most] = [12, 120] as const;
const mostSampled = 10_000;

/**
 * Bins that fit values: of the width that Freedman and Diaconis advise (2 IQR / cube root of n), made round.
 *
 * @param values finite numbers, at least one
 */
export function binsFor(values: Float64Array): Bins {
  const stride = Math.ceil(values.length / mostSampled);
  const sample = values.filter((_, i) => i % stride === 0).sort();
  const quartile = (q: number) => at(sample, Math.floor(q * (sample.length - 1)));
  const { from: low, to: high } = extentOf(values);
  const advised = (2 * (quartile(0.75) - quartile(0.25))) / Math.cbrt(values.length);
  // What differs by rounding alone counts as equal, and gets a bin of a size that can be told.
  const size = Math.max(Math.abs(low), Math.abs(high));
  const range = high - low > 1e-9 * size + 1e-99 ? high - low : size > 1e-90 ? size / 100 : 1;
  const width = roundUp(Math.min(Math.max(advised, range / most), range / fewest));
  const start = Math.floor(low / width) * width;
  return { start, width, count: Math.floor((high - start) / width) + 1 };
}

/** How many values lie in each bin; one on an edge counts to the upper. */
export function countIn(bins: Bins, values: Float64Array): Float64Array {
  const counts = new Float64Array(bins.count);
  for (const value of values) {
    const bin = Math.min(Math.floor((value - bins.start) / bins.width), bins.count - 1);
    counts[bin] = at(counts, bin) + 1;
  }
  return counts;
}

/** The next number of the form 1, 2 or 5 times a power of ten. */
function roundUp(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return ([1, 2, 5].find((digit) => digit * power >= width) ?? 10) * power;
}
