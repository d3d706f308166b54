/** Numbers that look random, the same for the same seed. */
export interface Random {
  /** From 0 up to 1, which it never is. */
  next(): number;
  /** A whole number from 0 up to `below`, which it never is. */
  below(below: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** Mulberry32: small, fast, and good enough to find what breaks. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (choices) => choices[below(choices.length)]! };
}
