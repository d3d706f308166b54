import { columnName, spoken } from "./columns.ts";
import type { Kind } from "./drawing.ts";
import { linePane } from "./lines.ts";
import { timeline } from "./timeline.ts";

const ofFirst = ["band", "mark", "score"];

/**
 * `panes x=time price=close,average macd=macd,signal rsi=rsi`: every further channel is a pane of lines that bears its
 * name, on one x axis. `band`, `mark` and `score` belong to the first.
 */
export const panes: Kind = {
  required: ["x"],
  optional: ofFirst,
  further: true,
  draw(plot) {
    const { band } = plot.channels;
    const [mark, score] = [columnName(plot, "mark"), columnName(plot, "score")];
    const stacked = Object.entries(plot.channels).filter(([channel]) =>
      channel !== "x" && !ofFirst.includes(channel)
    );
    const lines = stacked.flatMap(([, y]) => y).length + (band?.length ?? 0);
    return timeline(
      plot,
      lines,
      (along) =>
        stacked.map(([channel, y], i) =>
          i === 0
            ? linePane(plot, along, { title: spoken(channel), y, band, mark, score }, 220)
            : linePane(plot, along, { title: spoken(channel), y }, 110)
        ),
    );
  },
};
