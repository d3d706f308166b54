/** What a plan pays for. */
export interface Quota {
  readonly perMinute: number;
  /** Infinity where only the minute counts. */
  readonly perMonth: number;
}

const minuteMs = 60_000;
const monthMs = 31 * 24 * 60 * minuteMs;

/** The shortest interval between requests that the plan pays for all through its longest month. */
export function shortestInterval({ perMinute, perMonth }: Quota): number {
  return Math.ceil(Math.max(minuteMs / perMinute, monthMs / perMonth));
}

/** Reads `30/10000`, requests a minute and a month; `null` when it isn't that. */
export function parseQuota(text: string): Quota | null {
  const match = /^([1-9]\d{0,8})\/([1-9]\d{0,11})$/.exec(text);
  return match === null ? null : { perMinute: Number(match[1]), perMonth: Number(match[2]) };
}
