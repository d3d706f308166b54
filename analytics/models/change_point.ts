import type { Value } from "#analytics/engine.ts";
import { columnOf, forEachSymbol, type Model } from "./model.ts";
import { pValue } from "./p_value.ts";

export interface ChangePointOptions {
  /** Percent: the higher, the fewer alerts. */
  readonly confidence: number;
  /** How many of the last values a value is held against, and how many of the last bets are added up. */
  readonly history: number;
}

export interface ChangeVerdict {
  /** Natural logarithm of the martingale: of M itself, a number would overflow. */
  readonly score: number;
  readonly isChange: boolean;
}

const epsilon = 0.1;

/** Logarithm of what a bet on `p` being small wins: the power martingale. */
const logBet = (p: number) => Math.log(epsilon) + (epsilon - 1) * Math.log(p);

/**
 * Judges one value after the other, as Azure Stream Analytics documents AnomalyDetection_ChangePoint, with the algorithm
 * that ML.NET publishes as DetectIidChangePoint: bets against each value being like those before, and a change where the
 * last bets together have won enough. After an alert there is none for as many values as the history is long.
 */
export function changePoint({ confidence, history }: ChangePointOptions): (value: number) => ChangeVerdict {
  const tail = pValue(history);
  const bets = new Float64Array(history);
  const threshold = history * logBet(1 - confidence / 100);
  let seen = 0;
  let muted = 0;
  return (value) => {
    const upper = tail.next(value);
    const bet = logBet(Math.min(upper, 1 - upper));
    if (seen === 0) bets.fill(bet);
    bets[seen++ % history] = bet;
    let score = 0;
    for (let place = 0; place < history; place++) score += bets[place]!;
    const isChange = score >= threshold && muted === 0;
    muted = isChange ? history : Math.max(0, muted - 1);
    return { score, isChange };
  };
}

/** {@link changePoint} over stored prices. */
export const changePointModel: Model = (input, parameters) => {
  const prices = columnOf(input, "price").values;
  const scores = new Float64Array(input.rows);
  const isChange = new Array<Value>(input.rows);
  forEachSymbol(input, (start, end) => {
    const judge = changePoint(parameters as unknown as ChangePointOptions);
    for (let row = start; row < end; row++) {
      const verdict = judge(Number(prices[row]));
      scores[row] = verdict.score;
      isChange[row] = verdict.isChange;
    }
  });
  const columns = [
    ...input.columns,
    { name: "log_martingale", type: "double" as const, values: scores },
    { name: "is_change", type: "boolean" as const, values: isChange },
  ];
  return { columns, rows: input.rows };
};
