import { ok } from "node:assert/strict";

/** To 1e-9 of the larger of the value and the `scale` of what it was computed from. */
export function agree(
  what: string,
  actual: readonly (number | null)[],
  expected: readonly (number | null)[],
  scale: number,
) {
  ok(actual.length === expected.length, `${what} has ${actual.length} rows`);
  for (const [row, value] of actual.entries()) {
    const other = expected[row]!;
    const isSame = value === null || other === null
      ? value === other
      : Math.abs(value - other) <= 1e-9 * Math.max(Math.abs(other), scale);
    ok(isSame, `${what} is ${value} in row ${row}, expected ${other}`);
  }
}
