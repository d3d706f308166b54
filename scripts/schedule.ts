import { Cron } from "croner";

/** What a field of each place may say; a weekday by its name only, since 1 is Monday to some and Sunday to others. */
const number = "\\d{1,2}(?:-\\d{1,2})?";
const word = "[A-Z]{3}(?:-[A-Z]{3})?";
const list = (item: string) => `(?:(?:\\*|${item})(?:/\\d{1,2})?(?:,${item}(?:/\\d{1,2})?)*)`;
const numbers = list(number);
const form = new RegExp(`^${numbers} ${numbers} ${numbers} ${list(`(?:${number}|${word})`)} ${list(word)}$`);

/**
 * Whether a text is a schedule: minute, hour, day of the month, month and weekday as in a crontab, in UTC. Only what
 * every cron reads alike is one.
 */
export function isSchedule(text: string): boolean {
  if (!form.test(text)) return false;
  try {
    return nextRun(text, new Date(0)) !== null;
  } catch {
    return false;
  }
}

/** The first time after `after` that fits the schedule; `null` when none ever does. */
export function nextRun(schedule: string, after: Date): Date | null {
  return new Cron(schedule, { timezone: "UTC", paused: true, mode: "5-part" }).nextRun(after);
}
