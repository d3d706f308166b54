/** How likely a value is, given those before it. */
export interface PValue {
  /**
   * The chance of a value as high as this one or higher, from 1e-8 to 1 - 1e-8, by what was seen before it; then it is
   * seen, too.
   */
  next(value: number): number;
  /** Whether as many values as `history` have been seen. */
  readonly isFull: boolean;
}

const least = 1e-8;

/**
 * A kernel density estimate of the last values, as ML.NET's IID detectors make it (SequentialAnomalyDetectionTransformBase):
 * a Gaussian of width sqrt(2) sigma around each value, kept in 32 bits.
 *
 * @param history How many of the last values are remembered.
 */
export function pValue(history: number): PValue {
  const values = new Float32Array(history);
  let seen = 0;
  return {
    next(value) {
      const known = values.subarray(0, Math.min(seen, history));
      const p = upperTail(Math.fround(value), known);
      values[seen++ % history] = value;
      return Math.min(Math.max(p, least), 1 - least);
    },
    get isFull() {
      return seen >= history;
    },
  };
}

function upperTail(value: number, known: Float32Array): number {
  if (known.length === 0) return 0.5;
  const width = Math.max(Math.SQRT2 * deviation(known), 1e-6);
  let sum = 0;
  for (const other of known) sum += (1 - erf((value - other) / width)) / 2;
  return sum / known.length;
}

/** Of the population; 1 for a single value. */
function deviation(values: Float32Array): number {
  if (values.length === 1) return 1;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/** The error function, to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial = t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const y = 1 - polynomial * Math.exp(-x * x);
  return x >= 0 ? y : -y;
}
