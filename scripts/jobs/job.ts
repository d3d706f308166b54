import type { Config, PriceApis } from "#scripts/config.ts";
import type { CronConfig, ScheduleSetting } from "#scripts/cron_config.ts";
import type { Monitor } from "#scripts/monitor.ts";

/** Something that runs by schedule. Running it again changes nothing that is stored. */
export interface Job {
  readonly name: string;
  /** What it does, for `--list`. */
  readonly about: string;
  /** The setting that holds its schedule. */
  readonly setting: ScheduleSetting;
  /** A run that takes longer has failed. */
  readonly deadlineMs: number;
  /** Pauses before a failed run is tried again; at most 5, of an hour at most: Deno.cron takes no more. */
  readonly backoffMs: readonly number[];
  /** Returns what came of it, for the log. */
  readonly run: (work: Work, signal: AbortSignal) => Promise<Record<string, unknown>>;
}

/** What a run works with. */
export interface Work {
  /** When the run began; what is stored depends on it only by the minute. */
  readonly time: Date;
  readonly cron: CronConfig;
  /** Where the hub and the blobs are. */
  readonly config: Config;
  readonly apis: PriceApis;
  readonly monitor: Monitor;
}
