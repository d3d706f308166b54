import { xAxis } from "./axes.ts";
import { bySymbol, columnName } from "./columns.ts";
import type { Drawing, Kind, Plot } from "./drawing.ts";
import { course, linePane } from "./lines.ts";
import { amongSymbols, mostSymbols } from "./small_multiples.ts";
import { remarksOf } from "./words.ts";

/** `line x=time y=price,moving_avg [band=lower,upper] [mark=is_anomaly]`: a pane a symbol. */
export const line: Kind = { required: ["x", "y"], optional: ["band", "mark"], draw };

function draw(plot: Plot): Drawing {
  const { y = [], band } = plot.channels;
  const mark = columnName(plot, "mark");
  const axis = xAxis(plot);
  const groups = bySymbol(plot.table, axis.values);
  const courses = groups.slice(0, mostSymbols).map((group) => course(plot, axis, group));
  const panes = courses.flatMap((along) =>
    amongSymbols([linePane(plot, along, { y, band, mark }, 330)], along.group, groups.length)
  );
  return { panes, remarks: remarksOf(plot, axis, groups, courses) };
}
