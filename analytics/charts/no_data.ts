import type { Drawing } from "./drawing.ts";
import type { Theme } from "./theme.ts";

/** What stands in for a chart when there is nothing to draw. */
export function noData(theme: Theme): Drawing {
  const bare = { field: "x", type: "quantitative", scale: { domain: [0, 1] }, axis: null };
  return {
    panes: [{
      title: "",
      height: 200,
      x: bare,
      y: { ...bare, field: "y" },
      layers: [{
        data: { values: [{ x: 0.5, y: 0.5 }] },
        mark: { type: "text", text: "No data in this range", fontSize: 15, color: theme.muted },
      }],
      legend: [],
      gaps: [],
    }],
    remarks: ["No data"],
  };
}
