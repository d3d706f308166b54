import { randomBernoulli, randomLcg, randomLogNormal, randomNormal } from "d3-random";
import type { Tick } from "#pipeline/tick.ts";
import type { Source } from "./source.ts";

/** What a simulation is made of; the same options give the same ticks. */
export interface SimulatedOptions {
  readonly symbol: string;
  readonly seed: number;
  /** Time of the first tick, milliseconds since the epoch. */
  readonly startMs: number;
  /** From one tick to the next. */
  readonly stepMs: number;
  /** Our own clock, milliseconds since the epoch. */
  readonly now?: () => number;
}

const firstPrice = 65_000; // USD
const volatility = 0.55; // a year, as bitcoin's was over most of the last years
const yearMs = 365.25 * 24 * 3_600_000;

// GARCH(1,1) of a tick's variance: alpha answers the last move, beta keeps what was; together just below 1, so that
// calm and wild times cluster. Bollerslev, "Generalized Autoregressive Conditional Heteroskedasticity", 1986.
const alpha = 0.08;
const beta = 0.9;

// Merton's jumps: some a day, most within one per cent.
const jumpsPerDay = 4;
const jumpSigma = 0.006;

/**
 * An endless random walk: geometric Brownian motion whose volatility clusters, with jumps, and with trade sizes that
 * grow in wild times. A model of a market's texture, not of its prices.
 */
export function simulated(options: SimulatedOptions): Source {
  const { symbol, seed, startMs, stepMs, now = Date.now } = options;
  return {
    name: "simulated",
    async *ticks(signal) {
      const walk = walkPrices(seed, stepMs);
      for (let n = 0; !signal.aborted; n++) {
        const { price, size, side } = walk.next().value;
        yield {
          id: `simulated|${symbol}|${seed}.${startMs}.${stepMs}.${n}`,
          source: "simulated",
          symbol,
          price,
          size,
          side,
          time: new Date(startMs + n * stepMs).toISOString(),
          received_at: new Date(now()).toISOString(),
        } satisfies Tick;
      }
    },
  };
}

/** Prices in cents of USD, sizes in BTC with 8 decimals. */
function* walkPrices(seed: number, stepMs: number): Generator<Pick<Tick, "price" | "size" | "side">, never> {
  const random = randomLcg(seed);
  const normal = randomNormal.source(random)();
  const usualSize = randomLogNormal.source(random)(Math.log(0.01), 1.2);
  const jumps = randomBernoulli.source(random)(Math.min(1, jumpsPerDay * stepMs / 86_400_000));
  const coin = randomBernoulli.source(random);
  const usualVariance = volatility ** 2 * stepMs / yearMs;
  let variance = usualVariance;
  let logPrice = Math.log(firstPrice);
  for (;;) {
    const diffusion = Math.sqrt(variance) * normal();
    const move = diffusion + (jumps() === 1 ? jumpSigma * normal() : 0) - variance / 2;
    logPrice += move;
    // The jump stays out of the variance, or one jump would shake the market for days.
    variance = usualVariance * (1 - alpha - beta) + alpha * diffusion ** 2 + beta * variance;
    const stir = 1 + Math.abs(move) / Math.sqrt(usualVariance);
    yield {
      price: Math.max(0.01, Math.round(Math.exp(logPrice) * 100) / 100),
      size: Math.max(1, Math.round(usualSize() * stir * 1e8)) / 1e8,
      side: coin(move > 0 ? 0.7 : 0.3)() === 1 ? "buy" : "sell",
    };
  }
}
