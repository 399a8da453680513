import assert from "node:assert/strict";
import { test } from "node:test";
import { inZone, lastTime, nextTimes } from "../../../core/jobs/cron.ts";

const berlin = (cron: string) => ({ cron, timeZone: "Europe/Berlin" });
const next = (cron: string, from: string, count: number) =>
  nextTimes(berlin(cron), Date.parse(from), count).map(time => new Date(time).toISOString().slice(5, 16));

test("a time is read by the clocks of its time zone, in summer and in winter", () => {
  assert.deepEqual(next("0 3 * * *", "2026-07-01T12:00Z", 1), ["07-02T01:00"]);
  assert.deepEqual(next("0 3 * * *", "2026-12-01T12:00Z", 1), ["12-02T02:00"]);
  assert.equal(inZone(Date.parse("2026-11-25T02:00Z"), "Europe/Berlin"), "Wed 2026-11-25 03:00");
});

// On 29 March 2026 clocks in Berlin go from 02:00 to 03:00, which is 01:00 UTC.
test("a fixed time that does not exist when clocks go forward comes at the first one after the gap", () => {
  assert.deepEqual(next("30 2 * * *", "2026-03-28T12:00Z", 2), ["03-29T01:00", "03-30T00:30"]);
  assert.deepEqual(next("30 2,14 * * *", "2026-03-28T14:00Z", 2), ["03-29T01:00", "03-29T12:30"]);
});

test("what comes again and again leaves out the hour that does not exist", () => {
  assert.deepEqual(next("*/30 * * * *", "2026-03-29T00:10Z", 3), ["03-29T00:30", "03-29T01:00", "03-29T01:30"]);
  assert.deepEqual(next("15 * * * *", "2026-03-29T00:00Z", 3), ["03-29T00:15", "03-29T01:15", "03-29T02:15"]);
});

// On 25 October 2026 clocks in Berlin go from 03:00 back to 02:00, which is 01:00 UTC.
test("a fixed time that exists twice when clocks go back comes once, the first time", () => {
  assert.deepEqual(next("30 2 * * *", "2026-10-24T12:00Z", 2), ["10-25T00:30", "10-26T01:30"]);
  assert.deepEqual(next("30 2,14 * * *", "2026-10-24T13:00Z", 3), ["10-25T00:30", "10-25T13:30", "10-26T01:30"]);
});

test("what comes again and again comes in both of the hours that look the same", () => {
  assert.deepEqual(next("30 * * * *", "2026-10-25T00:00Z", 3), ["10-25T00:30", "10-25T01:30", "10-25T02:30"]);
});

test("the last time is the one that has just come, to the second, also where clocks have changed", () => {
  const last = (cron: string, until: string) =>
    new Date(lastTime(berlin(cron), Date.parse(until)) ?? 0).toISOString().slice(5, 16);
  assert.equal(last("0 3 * * *", "2026-11-25T02:00:00.000Z"), "11-25T02:00");
  assert.equal(last("0 3 * * *", "2026-11-25T01:59:59.999Z"), "11-24T02:00");
  assert.equal(last("0 3 * * *", "2026-11-28T12:00:00Z"), "11-28T02:00");
  assert.equal(last("30 2 * * *", "2026-03-29T12:00:00Z"), "03-29T01:00");
  assert.equal(last("30 2 * * *", "2026-10-25T12:00:00Z"), "10-25T00:30");
});

test("each next time is also the last time at its own moment, through two changes of the clocks", () => {
  for (const cron of ["30 2 * * *", "*/30 * * * *", "30 2,14 * * *", "15 1-3 * * *"])
    for (const from of ["2026-03-28T00:00Z", "2026-10-24T00:00Z"])
      for (const time of nextTimes(berlin(cron), Date.parse(from), 120))
        assert.equal(lastTime(berlin(cron), time), time, `${cron} at ${new Date(time).toISOString()}`);
});
