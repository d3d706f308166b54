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
  const values = new Float64Array(history);
  let seen = 0;
  return {
    next(value) {
      const rounded = Math.fround(value);
      const p = upperTail(rounded, values, Math.min(seen, history));
      values[seen++ % history] = rounded;
      return Math.min(Math.max(p, least), 1 - least);
    },
    get isFull() {
      return seen >= history;
    },
  };
}

/** Against the first `count` values. A million values take 120 million turns of the loop, which is why it is a plain one. */
function upperTail(value: number, values: Float64Array, count: number): number {
  if (count === 0) return 0.5;
  const width = Math.max(Math.SQRT2 * deviation(values, count), 1e-6);
  let sum = 0;
  for (let place = 0; place < count; place++) sum += (1 - erf((value - values[place]!) / width)) / 2;
  return sum / count;
}

/** Of the population; 1 for a single value. */
function deviation(values: Float64Array, count: number): number {
  if (count === 1) return 1;
  let sum = 0;
  for (let place = 0; place < count; place++) sum += values[place]!;
  const mean = sum / count;
  let squares = 0;
  for (let place = 0; place < count; place++) {
    const distance = values[place]! - mean;
    squares += distance * distance;
  }
  return Math.sqrt(squares / count);
}

/** The error function, to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial = t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const y = 1 - polynomial * Math.exp(-x * x);
  return x >= 0 ? y : -y;
}
