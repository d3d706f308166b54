import type { ChartNote, ColumnNote } from "#analytics/analysis.ts";
import type { Table } from "#analytics/engine.ts";
import type { Theme } from "./theme.ts";

/** A piece of a vega-lite specification, as plain JSON. */
export type Spec = Readonly<Record<string, unknown>>;

/** What a kind of chart draws from. */
export interface Plot {
  readonly table: Table;
  /** Column names by channel, checked: every column exists. */
  readonly channels: ChartNote["channels"];
  readonly notes: readonly ColumnNote[];
  readonly theme: Theme;
  /** Of the plotting area, in pixels: what downsampling goes by. */
  readonly width: number;
}

/** A line of a legend. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly shape: "line" | "dot" | "area" | "box";
}

/** A stretch of the x axis without data. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** One kind of mark and its data, in the fields `x` and `y`. */
export interface Layer {
  readonly data: { readonly values: readonly object[] };
  readonly mark: Spec;
  readonly encoding?: Spec;
}

/** One plotting area. */
export interface Pane {
  readonly title: string;
  /** In pixels, when nobody asks for another size. */
  readonly height: number;
  /** Vega-lite encodings of the two axes. */
  readonly x: Spec;
  readonly y: Spec;
  readonly layers: readonly Layer[];
  readonly legend: readonly LegendEntry[];
  readonly gaps: readonly Gap[];
}

/** Panes from top to bottom on one x axis, and what a reader must know about them. */
export interface Drawing {
  readonly panes: readonly Pane[];
  /** What is drawn, in a few words each: symbols, range, downsampling, gaps. */
  readonly remarks: readonly string[];
}

/** A kind of chart: `-- chart: <kind> channel=column,...`. */
export interface Kind {
  /** Channels that must be there, and those that may. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Whether any further channel is taken, too: as a pane of that name. */
  readonly further?: boolean;
  /** Pure: the same plot gives the same drawing. The table has at least one row. */
  draw(plot: Plot): Drawing;
}
