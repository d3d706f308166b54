import assert from "node:assert/strict";
import { isSchedule, nextRun } from "#scripts/schedule.ts";

Deno.test.each([
  ["*/5 * * * *", "2026-05-02T23:55:00Z", "2026-05-03T00:00:00.000Z"],
  ["*/5 * * * *", "2026-05-02T23:54:59Z", "2026-05-02T23:55:00.000Z"],
  ["59 23 * * *", "2026-05-02T23:58:30Z", "2026-05-02T23:59:00.000Z"],
  ["59 23 * * *", "2026-05-02T23:59:00Z", "2026-05-03T23:59:00.000Z"],
  ["10 * * * *", "2026-12-31T23:10:00Z", "2027-01-01T00:10:00.000Z"],
  ["0 9 * * MON-FRI", "2026-05-01T09:00:00Z", "2026-05-04T09:00:00.000Z"],
  ["0 0 29 2 *", "2026-05-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ["1,31 0-6/3 1 JAN *", "2026-05-01T00:00:00Z", "2027-01-01T00:01:00.000Z"],
])("nextRun() of %s after %s is %s", (schedule, after, next) => {
  assert(isSchedule(schedule));
  assert.equal(nextRun(schedule, new Date(after))?.toISOString(), next);
});

Deno.test.each([
  "*/5 * * * *",
  "59 23 * * *",
  "0 9 * * MON-FRI",
  "0 0 29 2 *",
  "1,31 0-6/3 1 JAN *",
  "5-55/10 * * * SUN,WED",
])("Deno.cron takes %s as isSchedule() does", async (schedule) => {
  assert(isSchedule(schedule));
  const stop = new AbortController();
  const ended = Deno.cron(
    `takes ${schedule.replace(/\W/g, "-")}`,
    schedule,
    { signal: stop.signal },
    () => {},
  );
  stop.abort();
  await ended;
});

Deno.test.each([
  "",
  "off",
  "@hourly",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 32 * *",
  "* * * 13 *",
  "* * * * XYZ",
  "* * * * 1",
  "* * * * SUN#2",
  "* * L * *",
  "0 0 31 2 *",
  "*/0 * * * *",
  "5/10 * * * *",
  "*/5 * * * * ",
])('isSchedule() refuses "%s"', (text) => {
  assert.equal(isSchedule(text), false);
});
