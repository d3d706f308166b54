import type { Value } from "#analytics/engine.ts";
import { isolationForest, type IsolationForestOptions } from "./isolation_forest.ts";
import { columnOf, forEachSymbol, type Model } from "./model.ts";

interface Options extends IsolationForestOptions {
  /** Which share of the rows is anomalous. */
  readonly contamination: number;
}

/**
 * {@link isolationForest} over stored prices: a forest a symbol, over the columns that the SQL selects after symbol, time
 * and price, where a null counts as 0. The rows whose scores are above the quantile of the contamination are anomalies.
 */
export const isolationForestModel: Model = (input, parameters) => {
  const options = parameters as unknown as Options;
  const columns = ["symbol", "time", "price"].map((name) => columnOf(input, name));
  const features = input.columns.filter((column) => !columns.includes(column))
    .map(({ values }) => numbersOf(values));
  const scores = new Float64Array(input.rows);
  const isAnomaly = new Array<Value>(input.rows);
  forEachSymbol(input, (start, end) => {
    const own = isolationForest(features.map((values) => values.subarray(start, end)), options);
    scores.set(own, start);
    const threshold = quantile(own, 1 - options.contamination);
    for (let row = start; row < end; row++) isAnomaly[row] = scores[row]! > threshold;
  });
  return {
    columns: [
      ...columns,
      { name: "anomaly_score", type: "double", values: scores },
      { name: "is_anomaly", type: "boolean", values: isAnomaly },
    ],
    rows: input.rows,
  };
};

function numbersOf(values: ArrayLike<Value>): Float64Array {
  if (values instanceof Float64Array) return values;
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) numbers[row] = Number(values[row] ?? 0);
  return numbers;
}

/** Interpolated between the two nearest values, as numpy's percentile does. */
function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)]!;
  return low + (sorted[Math.ceil(place)]! - low) * (place - Math.floor(place));
}
