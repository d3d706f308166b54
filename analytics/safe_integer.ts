/**
 * A 64-bit integer as a number.
 *
 * @throws {RangeError} when a number would round it: with column and row, which counts from 0.
 */
export function safeInteger(integer: bigint, column: string, row: number): number {
  const number = Number(integer);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`column "${column}" is ${integer} in row ${row + 1}, beyond 2^53: cast it to text`);
}
