import type { Drawing, LegendEntry, Pane, Spec } from "./drawing.ts";
import { fontFamily, type Theme } from "./theme.ts";

/** Pixels around the plotting areas. The top holds the title and two lines of remarks. */
export const margin = { top: 76, right: 22, bottom: 50, left: 70, pane: 36 } as const;

/** A whole picture: the specification and the size of everything in it. */
export interface Framed {
  readonly spec: Spec;
  readonly width: number;
  readonly height: number;
  /** Where the plotting areas are, in pixels from the top. */
  readonly panes: readonly { readonly top: number; readonly height: number }[];
  /** Whether the x axis is one of time. */
  readonly time: boolean;
}

/**
 * Puts title, remarks, pane titles, legends and gaps around the panes. Every text has a place of its own in pixels, so
 * that no layout depends on the fonts of the machine that draws.
 *
 * @param size in pixels; without a height the panes take what they like
 */
export function frame(
  drawing: Drawing,
  title: string,
  size: { readonly width: number; readonly height?: number },
  theme: Theme,
): Framed {
  const { panes } = drawing;
  const chrome = margin.top + margin.bottom + margin.pane * panes.length;
  const natural = panes.reduce((sum, pane) => sum + pane.height, 0);
  const room = size.height === undefined ? natural : Math.max(size.height - chrome, 40 * panes.length);
  const width = size.width - margin.left - margin.right;
  const heights = panes.map((pane) => Math.floor((pane.height * room) / natural));
  // What rounding left over, so that the picture is as high as it was asked to be.
  heights[0]! += room - heights.reduce((sum, height) => sum + height, 0);
  const topOf = (pane: number) =>
    margin.top + heights.slice(0, pane).reduce((sum, height) => sum + height, margin.pane * (pane + 1));
  const vconcat = panes.map((pane, i) => ({
    width,
    height: heights[i],
    layer: [
      ...paneLayers(pane, i === panes.length - 1, theme),
      ...heading(pane, width, theme),
      ...(i === 0 ? header(title, drawing.remarks, width, theme) : []),
    ],
  }));
  const spec = { vconcat, bounds: "flush", spacing: margin.pane, config: config(theme) };
  return {
    spec,
    width: size.width,
    height: topOf(panes.length) - margin.pane + margin.bottom,
    panes: heights.map((height, i) => ({ top: topOf(i), height })),
    time: panes.every(({ x }) => x.type === "temporal"),
  };
}

function paneLayers(pane: Pane, lowest: boolean, theme: Theme): readonly Spec[] {
  const axis = { ...(pane.x.axis as Spec), ...(lowest ? {} : { labels: false, title: null }) };
  const x = { ...pane.x, axis };
  const gaps = {
    data: { values: pane.gaps.map(({ from, to }) => ({ x: from, to })) },
    mark: { type: "rect", color: theme.gap },
    encoding: { x, x2: { field: "to" } },
  };
  const data = { encoding: { x, y: pane.y }, layer: pane.layers };
  return pane.gaps.length > 0 ? [gaps, data] : [data];
}

/** Title and legend of a pane, on one line above it. */
function heading(pane: Pane, width: number, theme: Theme): readonly Spec[] {
  const y = -12;
  const shownEntries = pane.legend.length > 1 ? pane.legend : [];
  let x = 8 - margin.left + textWidth(pane.title, 12) + (pane.title === "" ? 0 : 22);
  const entries = shownEntries.flatMap((entry) => {
    const start = x;
    x += textWidth(entry.label, 12) + 40;
    return [
      swatch(entry, start, y),
      text(entry.label, start + 22, y, { color: theme.muted, limit: width - start }),
    ];
  });
  return [text(pane.title, 8 - margin.left, y, { fontWeight: 600, limit: width }), ...entries];
}

function swatch({ shape, colour }: LegendEntry, x: number, y: number): Spec {
  const marks: Record<LegendEntry["shape"], Spec> = {
    line: { type: "rect", x, x2: x + 16, y: y - 5.5, y2: y - 3, color: colour },
    dot: { type: "point", x: x + 8, y: y - 4, color: colour, size: 45, strokeWidth: 1.6, filled: false },
    box: { type: "rect", x, x2: x + 16, y: y - 9, y2: y + 1, color: colour },
    area: { type: "rect", x, x2: x + 16, y: y - 9, y2: y + 1, color: colour, opacity: 0.25 },
  };
  return fixed(marks[shape]);
}

function header(title: string, remarks: readonly string[], width: number, theme: Theme): readonly Spec[] {
  const [x, top] = [8 - margin.left, -margin.top - margin.pane];
  const limit = width + margin.left;
  const [scope = "", ...more] = remarks;
  return [
    text(title, x, top + 28, { fontSize: 17, fontWeight: 600, limit }),
    text(scope, x, top + 48, { color: theme.muted, limit }),
    text(more.join(" · "), x, top + 65, { color: theme.muted, limit }),
  ];
}

function text(words: string, x: number, y: number, style: Spec): Spec {
  return fixed({
    type: "text",
    text: words,
    x,
    y,
    align: "left",
    baseline: "alphabetic",
    fontSize: 12,
    ...style,
  });
}

/** A mark that stands in a place of its own and shows no data. */
function fixed(mark: Spec): Spec {
  return { data: { values: [{}] }, mark, encoding: {} };
}

/** About as wide as Inter sets it, in pixels. */
function textWidth(words: string, fontSize: number): number {
  return words.length * fontSize * 0.56;
}

function config(theme: Theme): Spec {
  return {
    aria: false,
    background: theme.background,
    font: fontFamily,
    view: { stroke: null },
    text: { color: theme.text, font: fontFamily },
    axis: {
      labelColor: theme.muted,
      titleColor: theme.muted,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 400,
      gridColor: theme.grid,
      domain: false,
      ticks: false,
      labelPadding: 8,
      titlePadding: 8,
    },
    axisX: {
      grid: false,
      domain: true,
      domainColor: theme.muted,
      ticks: true,
      tickColor: theme.muted,
      tickSize: 5,
    },
    legend: { disable: true, symbolOpacity: 1 },
  };
}
