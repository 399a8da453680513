import assert from "node:assert/strict";
import { test } from "node:test";
import { type YearRule, yearsOf, yearsUntil } from "../../../formats/logs/times/years.ts";

const modified = new Date("2026-03-10T12:00:00Z");
const yearOf = ({ base, cut }: YearRule, day: number) => base + (day < cut ? 1 : 0);

test("a file that goes from December into January has the next year there", () => {
  const rule = yearsOf({ first: 1230, days: [1230, 1231, 101, 228] }, { year: 2019, modified });
  assert.deepEqual(
    [1230, 1231, 101, 228].map(day => yearOf(rule, day)),
    [2019, 2019, 2020, 2020],
  );
});

test("a line that comes too late by some days does not lie in the year after", () => {
  const rule = yearsOf({ first: 103, days: [103, 1230] }, { year: 2020, modified });
  assert.deepEqual([yearOf(rule, 103), yearOf(rule, 1230), yearOf(rule, 1220)], [2020, 2019, 2020]);
});

test("without a year it is the latest in which no line lies more than a day after the file's own time", () => {
  assert.equal(yearOf(yearsOf({ first: 309, days: [309, 310] }, { modified }), 309), 2026);
  assert.equal(yearOf(yearsOf({ first: 309, days: [309, 311] }, { modified }), 311), 2026);
  assert.equal(yearOf(yearsOf({ first: 309, days: [309, 312] }, { modified }), 309), 2025);
  const over = yearsOf({ first: 1120, days: [1120, 101, 310] }, { modified });
  assert.deepEqual([yearOf(over, 1120), yearOf(over, 310)], [2025, 2026]);
});

test("a 29th of February means a year that has one", () => {
  const rule = yearsOf({ first: 228, days: [228, 229, 301] }, { modified });
  assert.deepEqual([yearOf(rule, 228), yearOf(rule, 229)], [2024, 2024]);
});

test("lines as they are written lie in the year up to now, or a day after", () => {
  const newYear = yearsUntil(new Date("2026-12-31T23:30:00Z"));
  assert.deepEqual([yearOf(newYear, 1231), yearOf(newYear, 101), yearOf(newYear, 110)], [2026, 2027, 2026]);
  const summer = yearsUntil(new Date("2026-07-01T00:00:00Z"));
  assert.deepEqual([yearOf(summer, 701), yearOf(summer, 1231)], [2026, 2025]);
});
