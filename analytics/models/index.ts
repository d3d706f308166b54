import { changePointModel } from "./change_point.ts";
import { isolationForestModel } from "./isolation_forest_model.ts";
import type { Model } from "./model.ts";
import { spikeAndDipModel } from "./spike_and_dip.ts";

/** The models, by the name that an analysis' header gives: `-- model: spike_and_dip`. */
export const models: ReadonlyMap<string, Model> = new Map([
  ["change_point", changePointModel],
  ["isolation_forest", isolationForestModel],
  ["spike_and_dip", spikeAndDipModel],
]);
