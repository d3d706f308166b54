import { type Framed, margin } from "./frame.ts";

/**
 * What a pixel of the picture stands for, written into its `<metadata>`, so that a page can tell a reader what they point
 * at. Both axes run evenly from the first pixel to the last.
 */
export interface Scales {
  /** Whether x is a time, in milliseconds since the epoch. */
  readonly time: boolean;
  /** First and last pixel, and their values. */
  readonly x: readonly [number, number, number, number];
  /** The same of every pane, from its upper edge to its lower. */
  readonly y: readonly (readonly [number, number, number, number])[];
}

/** Where an axis begins and ends, by Vega's name for it; `undefined` for one that has categories. */
export type DomainOf = (scale: string) => readonly [number, number] | undefined;

/** The scales of a drawn picture; `undefined` when its axes have no numbers. */
export function scalesOf({ width, panes, time }: Framed, domainOf: DomainOf): Scales | undefined {
  const x = domainOf("concat_0_x");
  const y = panes.map((_, i) => domainOf(`concat_${i}_y`));
  if (!x || y.includes(undefined)) return undefined;
  return {
    time,
    x: [margin.left, width - margin.right, ...x],
    y: panes.map(({ top, height }, i) => [top, top + height, y[i]![1], y[i]![0]]),
  };
}
