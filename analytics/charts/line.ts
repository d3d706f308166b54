import { columnName } from "./columns.ts";
import type { Kind } from "./drawing.ts";
import { linePane } from "./lines.ts";
import { timeline } from "./timeline.ts";

/** `line x=time y=price,moving_avg [band=lower,upper] [mark=is_anomaly [score=z_score]]`: a pane a symbol. */
export const line: Kind = {
  required: ["x", "y"],
  optional: ["band", "mark", "score"],
  draw(plot) {
    const { y = [], band } = plot.channels;
    const [mark, score] = [columnName(plot, "mark"), columnName(plot, "score")];
    return timeline(
      plot,
      y.length + (band?.length ?? 0),
      (along) => [linePane(plot, along, { y, band, mark, score }, 330)],
    );
  },
};
