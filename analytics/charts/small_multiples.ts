import type { Group } from "./columns.ts";
import type { Pane } from "./drawing.ts";

/** More symbols than these would leave none of them room to be read. */
export const mostSymbols = 6;

/** The panes of one symbol among several: lower ones, the first of them with the symbol's name; alone they stay. */
export function amongSymbols(panes: readonly Pane[], { symbol }: Group, symbols: number): readonly Pane[] {
  if (symbols === 1) return panes;
  return panes.map((pane, i) => ({
    ...pane,
    height: Math.round(pane.height * 0.6),
    title: i === 0 ? `${symbol}: ${pane.title}` : pane.title,
  }));
}
