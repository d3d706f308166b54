/**
 * The first of `count` ascending values that is at least `wanted`, by binary search.
 *
 * @param valueAt gives the value at an index from 0 to `count` - 1
 * @returns its index, or `count` when all values are smaller
 */
export function firstAtLeast(count: number, valueAt: (index: number) => number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
