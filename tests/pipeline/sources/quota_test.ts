import assert from "node:assert/strict";
import { retryAfterMs } from "#pipeline/sources/json_reply.ts";
import { parseQuota, shortestInterval } from "#pipeline/sources/quota.ts";

Deno.test.each([
  [{ perMinute: 30, perMonth: 10_000 }, 267_840],
  [{ perMinute: 5, perMonth: Infinity }, 12_000],
  [{ perMinute: 500, perMonth: 500_000_000 }, 120],
])("shortestInterval() of %o is %d ms", (quota, ms) => {
  assert.equal(shortestInterval(quota), ms);
});

Deno.test("parseQuota() reads requests a minute and a month", () => {
  assert.deepEqual(parseQuota("30/10000"), { perMinute: 30, perMonth: 10_000 });
  for (const text of ["", "30", "30/", "0/5", "-1/5", "1e3/5", "30/10000/1"]) {
    assert.equal(parseQuota(text), null);
  }
});

const now = () => Date.parse("2026-05-01T12:00:00Z");

Deno.test.each([
  ["120", 120_000],
  ["0", 0],
  ["Fri, 01 May 2026 12:02:00 GMT", 120_000],
  ["Fri, 01 May 2026 11:00:00 GMT", 0],
  ["soon", 0],
  ["-5", 0],
  ["99999999999999999999", 2_147_483_647],
])("retryAfterMs() reads %s as %d ms", (value, ms) => {
  assert.equal(retryAfterMs(new Headers({ "retry-after": value as string }), now), ms);
});

Deno.test("retryAfterMs() asks for nothing where the header is missing", () => {
  assert.equal(retryAfterMs(new Headers(), now), 0);
});
