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
  // A picture of several symbols is to hold no more than that of one.
  const most = Math.floor(plot.width / leastPixels / Math.min(groups.length, 4));
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
    y: yAxis(theme, { free: 4 }),
    layers: eachSide(bars, theme, candle),
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
    layers: eachSide(bars, theme, (colour, some) => [
      boxes(colour, some, ({ volume }) => ({ y: 0, y2: volume })),
    ]),
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

/** What is drawn of the bars that closed higher, then of those that closed lower. */
function eachSide(
  bars: readonly Bar[],
  theme: Theme,
  draw: (colour: string, bars: readonly Bar[]) => readonly Layer[],
): readonly Layer[] {
  const fell = ({ open, close }: Bar) => close < open;
  return [...draw(theme.up, bars.filter((bar) => !fell(bar))), ...draw(theme.down, bars.filter(fell))];
}

function candle(colour: string, bars: readonly Bar[]): readonly Layer[] {
  const wicks = bars.map(({ start, end, low, high }) => ({ x: (start + end) / 2, y: low, y2: high }));
  return [
    {
      data: { values: wicks },
      mark: { type: "bar", orient: "vertical", size: 1, color: colour },
      encoding: { y2: { field: "y2" } },
    },
    boxes(colour, bars, ({ open, close }) => ({ y: open, y2: close })),
  ];
}

/** Bodies, a fifth of a bar's length free on either side. */
function boxes(colour: string, bars: readonly Bar[], endsOf: (bar: Bar) => object): Layer {
  const values = bars.map((bar) => {
    const inset = (bar.end - bar.start) / 5;
    return { x: bar.start + inset, x2: bar.end - inset, ...endsOf(bar) };
  });
  return {
    data: { values },
    // The outline keeps a bar visible that opened and closed at the same price.
    mark: { type: "rect", color: colour, stroke: colour, strokeWidth: 1 },
    encoding: { x2: { field: "x2" }, y2: { field: "y2" } },
  };
}
