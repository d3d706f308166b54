import type { Value } from "#analytics/engine.ts";
import { columnOf, forEachSymbol, type Model } from "./model.ts";
import { pValue } from "./p_value.ts";

export interface SpikeAndDipOptions {
  /** Percent: the higher, the fewer alerts. */
  readonly confidence: number;
  /** How many of the last values a value is held against; before there are as many, nothing is an anomaly. */
  readonly history: number;
  readonly sides: "both" | "spikes" | "dips";
}

export interface Verdict {
  /** How likely a value as far out as this one is, from 1e-8 to 1. */
  readonly pValue: number;
  readonly isAnomaly: boolean;
}

/**
 * Judges one value after the other, as Azure Stream Analytics documents AnomalyDetection_SpikeAndDip, with the algorithm
 * that ML.NET publishes as DetectIidSpike.
 */
export function spikeAndDip({ confidence, history, sides }: SpikeAndDipOptions): (value: number) => Verdict {
  const tail = pValue(history);
  return (value) => {
    const upper = tail.next(value);
    const p = sides === "spikes" ? upper : sides === "dips" ? 1 - upper : Math.min(upper, 1 - upper);
    return { pValue: p, isAnomaly: tail.isFull && p <= 1 - confidence / 100 };
  };
}

/** {@link spikeAndDip} over stored prices. */
export const spikeAndDipModel: Model = (input, parameters) => {
  const prices = columnOf(input, "price").values;
  const pValues = new Float64Array(input.rows);
  const isAnomaly = new Array<Value>(input.rows);
  forEachSymbol(input, (start, end) => {
    const judge = spikeAndDip(parameters as unknown as SpikeAndDipOptions);
    for (let row = start; row < end; row++) {
      const verdict = judge(Number(prices[row]));
      pValues[row] = verdict.pValue;
      isAnomaly[row] = verdict.isAnomaly;
    }
  });
  const columns = [
    ...input.columns,
    { name: "p_value", type: "double" as const, values: pValues },
    { name: "is_anomaly", type: "boolean" as const, values: isAnomaly },
  ];
  return { columns, rows: input.rows };
};
