import { at } from "./columns.ts";
import type { Gap } from "./drawing.ts";

const mostSteps = 10_000;

/** The longest step between two rows that still counts as going on; infinity when there are too few to tell. */
export function longestStep(rows: Uint32Array, x: Float64Array, least: number): number {
  const steps = stepsOf(rows, x);
  if (steps.length < 3) return Infinity;
  // Six times the 90th percentile: evenly spaced bars may miss five in a row, trades that come at random (exponential
  // steps) exceed it once in a million. What is shorter than `least` would not be seen.
  return Math.max(6 * at(steps, Math.floor(0.9 * (steps.length - 1))), least);
}

/** How far apart the rows usually are: the median step, `otherwise` when there is none. */
export function usualStep(rows: Uint32Array, x: Float64Array, otherwise: number): number {
  const steps = stepsOf(rows, x);
  return steps[steps.length >> 1] ?? otherwise;
}

/** The stretches between neighbouring rows that are longer than a step may be. */
export function gapsIn(rows: Uint32Array, x: Float64Array, longest: number): readonly Gap[] {
  const gaps: Gap[] = [];
  for (let i = 1; i < rows.length; i++) {
    const from = at(x, rows[i - 1]);
    const to = at(x, rows[i]);
    if (to - from > longest) gaps.push({ from, to });
  }
  return gaps;
}

/** Steps between neighbouring rows at different x, shortest first: all of them, or evenly spread ones of very many. */
function stepsOf(rows: Uint32Array, x: Float64Array): Float64Array {
  const stride = Math.max(1, Math.floor(rows.length / mostSteps));
  const steps: number[] = [];
  for (let i = stride; i < rows.length; i += stride) {
    const step = at(x, rows[i]) - at(x, rows[i - 1]);
    if (step > 0) steps.push(step);
  }
  return Float64Array.from(steps).sort();
}
