import { type XAxis, xAxis, yAxis } from "./axes.ts";
import { type Bar, barLength, barsOf } from "./bars.ts";
import { bySymbol, type Group, titleOf } from "./columns.ts";
import type { Drawing, Gap, Kind, Layer, LegendEntry, Pane, Plot } from "./drawing.ts";
import { gapsIn, longestStep, usualStep } from "./gaps.ts";
import { amongSymbols, mostSymbols } from "./small_multiples.ts";
import type { Theme } from "./theme.ts";
import { counted, duration, gapsRemark, scopeOf } from "./words.ts";

/** `candles x=time open=open high=high low=low close=close [volume=volume]`: price above, volume below. */
export const candles: Kind = { required: ["x", "open", "high", "low", "close"], optional: ["volume"], draw };

/** Narrower than this a body and its wick can't be told apart. */
const leastPixels = 5;

function draw(plot: Plot): Drawing {
  const whole = xAxis(plot);
  const groups = bySymbol(plot.table, whole.values);
  const step = Math.min(...groups.map(({ rows }) => usualStep(rows, whole.values, 60_000)));
  const span = whole.to - whole.from + step;
  const most = Math.floor(plot.width / leastPixels);
  const length = span / step > most ? barLength(span, most) : step;
  const origin = length > step ? Math.floor(whole.from / length) * length : whole.from;
  const axis = xAxis(plot, {
    from: origin,
    to: origin + Math.ceil((whole.to + step - origin) / length) * length,
  });
  const parts = groups.slice(0, mostSymbols).map((group) => {
    const bars = barsOf(plot, group.rows, axis.values, { length, origin });
    const longest = longestStep(group.rows, axis.values, length);
    const gaps = gapsIn(group.rows, axis.values, longest).map(({ from, to }) => ({ from: from + step, to }));
    return { gaps, panes: amongSymbols(panesOf(plot, axis, bars, gaps, group), group, groups.length) };
  });
  const rows = counted(plot.table.rows, "bar");
  return {
    panes: parts.flatMap(({ panes }) => panes),
    remarks: [
      scopeOf(groups, whole),
      length > step ? `${rows} merged into bars of ${duration(length)}, every high and low kept` : rows,
      ...gapsRemark(parts),
    ],
  };
}

function panesOf(
  plot: Plot,
  axis: XAxis,
  bars: readonly Bar[],
  gaps: readonly Gap[],
  of: Group,
): readonly Pane[] {
  const { theme, notes, channels } = plot;
  const prices = ["open", "high", "low", "close"].flatMap((channel) => channels[channel] ?? []);
  const price = {
    title: titleOf("price", prices, notes, of.symbol),
    height: 270,
    x: axis.encoding,
    y: yAxis(theme),
    layers: priceLayers(bars, axis, theme),
    legend: legendOf(theme),
    gaps,
  };
  const volumes = channels.volume ?? [];
  if (bars.every(({ volume }) => volume === 0)) return [price];
  return [price, {
    title: titleOf("volume", volumes, notes, of.symbol),
    height: 80,
    x: axis.encoding,
    y: yAxis(theme, { zero: true, ticks: 2 }),
    layers: [boxes(bars.map((bar) => ({ ...edges(bar, theme), y: 0, y2: bar.volume })), axis)],
    legend: [],
    gaps,
  }];
}

function legendOf({ up, down }: Theme): readonly LegendEntry[] {
  return [
    { label: "closed higher", colour: up, shape: "box" },
    { label: "closed lower", colour: down, shape: "box" },
  ];
}

function priceLayers(bars: readonly Bar[], axis: XAxis, theme: Theme): readonly Layer[] {
  const wicks = {
    data: { values: bars.map((bar) => ({ ...edges(bar, theme), y: bar.low, y2: bar.high })) },
    mark: { type: "rule", strokeWidth: 1 },
    encoding: { y2: { field: "y2" }, color: literalColour },
  };
  return [wicks, boxes(bars.map((bar) => ({ ...edges(bar, theme), y: bar.open, y2: bar.close })), axis)];
}

const literalColour = { field: "colour", type: "nominal", scale: null };

function boxes(values: readonly object[], axis: XAxis): Layer {
  return {
    data: { values },
    // The outline keeps a bar visible that opened and closed at the same price.
    mark: { type: "rect", strokeWidth: 1 },
    encoding: {
      x: { ...axis.encoding, field: "left" },
      x2: { field: "right" },
      y2: { field: "y2" },
      color: literalColour,
      stroke: literalColour,
    },
  };
}

/** Where a bar stands, a fifth of its length free on either side, and its colour. */
function edges({ start, end, open, close }: Bar, theme: Theme) {
  const inset = (end - start) / 5;
  return {
    x: (start + end) / 2,
    left: start + inset,
    right: end - inset,
    colour: close < open ? theme.down : theme.up,
  };
}
