import { at, numbersOf } from "./columns.ts";
import type { Plot } from "./drawing.ts";

/** A bar from `start` to `end` (milliseconds since the epoch); `volume` is 0 where there is none. */
export interface Bar {
  readonly start: number;
  readonly end: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const;
const lengths: readonly number[] = [
  ...[1, 5, 15, 30].map((n) => n * second),
  ...[1, 5, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 4, 6, 12].map((n) => n * hour),
  ...[1, 7, 28, 91, 364].map((n) => n * day),
];

/** The shortest common length of a bar, in milliseconds, of which no more than `most` fill a span. */
export function barLength(span: number, most: number): number {
  return lengths.find((length) => span / length <= most) ?? span / most;
}

/**
 * Bars of one length, counted from `origin`: rows that fall into the same one are merged, with every high and low kept.
 *
 * @param rows in order of x
 */
export function barsOf(
  plot: Plot,
  rows: Uint32Array,
  x: Float64Array,
  { length, origin }: { readonly length: number; readonly origin: number },
): readonly Bar[] {
  const column = (channel: string) => numbersOf(plot.table, plot.channels[channel]?.[0] ?? channel);
  const [open, high, low, close] = [column("open"), column("high"), column("low"), column("close")];
  const volume = plot.channels.volume ? column("volume") : new Float64Array();
  const bars: Bar[] = [];
  for (const row of rows) {
    const next = { open: at(open, row), high: at(high, row), low: at(low, row), close: at(close, row) };
    if (!Number.isFinite(next.open + next.high + next.low + next.close)) continue;
    const start = origin + Math.floor((at(x, row) - origin) / length) * length;
    const size = at(volume, row) || 0;
    const bar = bars.at(-1);
    if (bar?.start !== start) {
      bars.push({ start, end: start + length, ...next, volume: size });
      continue;
    }
    bar.high = Math.max(bar.high, next.high);
    bar.low = Math.min(bar.low, next.low);
    bar.close = next.close;
    bar.volume += size;
  }
  return bars;
}
