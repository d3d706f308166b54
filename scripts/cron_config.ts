import { sources } from "#pipeline/sources/index.ts";
import { symbolPattern } from "#pipeline/tick.ts";
import { ConfigError, type Setting } from "./config.ts";
import { isSchedule } from "./schedule.ts";

/** What the scheduled jobs go by. */
export interface CronConfig {
  /** By the setting's name; `null` where a job is off. */
  readonly schedules: Readonly<Record<ScheduleSetting, string | null>>;
  readonly source: string;
  /** Another endpoint for the source. */
  readonly sourceUrl: string | undefined;
  readonly symbols: readonly string[];
  readonly analyses: readonly string[];
}

/** A setting that holds a schedule. */
export type ScheduleSetting = keyof typeof defaultSchedules;

const defaultSchedules = {
  CRON_POLL: "*/5 * * * *",
  CRON_DRAIN: "*/5 * * * *",
  // Ten minutes past, so that the hour before is stored.
  CRON_ANALYZE: "10 * * * *",
  CRON_SUMMARY: "59 23 * * *",
} as const satisfies Partial<Record<Setting, string>>;

const defaultAnalyses = "hourly_aggregation,moving_average,volatility,zscore";

/** A source that gives a reading when it is asked: an exchange's feed has no end to wait for. */
const pollable = Object.keys(sources).filter((name) =>
  sources[name]!.protocol === "http" || name === "simulated"
);

/**
 * Reads what the jobs go by.
 *
 * @throws {ConfigError} with everything that is malformed.
 */
export function readCronConfig(env: Readonly<Partial<Record<Setting, string>>>): CronConfig {
  const problems: string[] = [];
  const get = (name: Setting) => env[name]?.trim() || undefined;
  const checked = (name: Setting, value: string, fits: boolean, expected: string) => {
    if (!fits) problems.push(`${name} is "${value}", expected ${expected}`);
    return value;
  };
  const listOf = (name: Setting, fallback: string, form: RegExp, expected: string) => {
    const items = (get(name) ?? fallback).split(",").map((item) => item.trim());
    checked(name, get(name) ?? fallback, items.every((item) => form.test(item)), expected);
    return items;
  };
  const schedules = Object.entries(defaultSchedules).map(([setting, fallback]) => {
    const name = setting as ScheduleSetting;
    const value = get(name) ?? fallback;
    if (value === "off") return [name, null];
    return [name, checked(name, value, isSchedule(value), scheduleForm)];
  });
  const source = get("CRON_SOURCE") ?? "coingecko";
  const sourceUrl = get("CRON_SOURCE_URL");
  checked("CRON_SOURCE", source, pollable.includes(source), `one of ${pollable.join(", ")}`);
  if (sourceUrl !== undefined) {
    checked("CRON_SOURCE_URL", sourceUrl, /^https?:\/\/[^\s/?#@]+$/.test(sourceUrl), "https://HOST");
  }
  const config: CronConfig = {
    schedules: Object.fromEntries(schedules),
    source,
    sourceUrl,
    symbols: listOf("CRON_SYMBOLS", "BTC-USD", symbolPattern, "pairs such as BTC-USD, with commas between"),
    analyses: listOf("CRON_ANALYSES", defaultAnalyses, /^[a-z][a-z0-9_]*$/, "names of analyses"),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

const scheduleForm =
  "minute, hour, day, month and weekday as in a crontab, such as */5 * * * * or 0 9 * * MON-FRI, or off";

/**
 * Reads the hosts that main.ts answers to besides this machine's own.
 *
 * @throws {ConfigError} when one is more than a name.
 */
export function readHttpHosts(env: Readonly<Partial<Record<Setting, string>>>): readonly string[] {
  const hosts = (env.HTTP_HOSTS ?? "").split(",").map((host) => host.trim().toLowerCase()).filter(Boolean);
  const wrong = hosts.find((host) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host));
  if (wrong === undefined) return hosts;
  throw new ConfigError([`HTTP_HOSTS has "${wrong}", expected names such as ticklake.example.deno.net`]);
}
