import { columnName } from "./columns.ts";
import type { Kind } from "./drawing.ts";
import { linePane } from "./lines.ts";
import { timeline } from "./timeline.ts";

/**
 * `scatter x=time y=price mark=is_anomaly [score=z_score]`: the marked rows over a line that steps back. The farther a
 * score is from zero, the more it counts: a z-score will do, a p-value won't.
 */
export const scatter: Kind = {
  required: ["x", "y", "mark"],
  optional: ["score"],
  draw(plot) {
    const { y = [] } = plot.channels;
    const [mark, score] = [columnName(plot, "mark"), columnName(plot, "score")];
    return timeline(plot, y.length, (along) => [linePane(plot, along, { y, mark, score, quiet: true }, 330)]);
  },
};
