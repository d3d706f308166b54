import { analyze } from "./analyze.ts";
import { drain } from "./drain.ts";
import type { Job } from "./job.ts";
import { poll } from "./poll.ts";
import { summary } from "./summary.ts";

/** Every job: a new one is a file beside this, a line here, and a setting for its schedule. */
export const jobs: readonly Job[] = [poll, drain, analyze, summary];
