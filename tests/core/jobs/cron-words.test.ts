import assert from "node:assert/strict";
import { test } from "node:test";
import { cronProblem } from "../../../core/jobs/cron.ts";
import { cronWords } from "../../../core/jobs/cron-words.ts";

const WORDS: Readonly<Record<string, string>> = {
  "0 3 * * *": "at 03:00, every day",
  "* * * * *": "every minute",
  "*/1 * * * *": "every minute",
  "*/15 * * * *": "every 15 minutes",
  "0 * * * *": "every hour",
  "5 * * * *": "at 5 minutes past the hour",
  "0 */6 * * *": "on the hour, every 6 hours",
  "30 2,14 * * *": "at 02:30 and 14:30, every day",
  "0 8-17 * * *": "every hour, between 08:00 and 17:00, every day",
  "0 8-17 * * 1-5": "every hour, between 08:00 and 17:00, Monday through Friday",
  "*/10 8-17 * * mon-fri": "every 10 minutes, between 08:00 and 17:59, Monday through Friday",
  "0 3 * * 1": "at 03:00, only on Monday",
  "0 3 * * 7": "at 03:00, only on Sunday",
  "0 3 * * sat,sun": "at 03:00, only on Saturday and Sunday",
  "0 3 1 * *": "at 03:00, on day 1 of the month",
  "0 3 L * *": "at 03:00, on the last day of the month",
  "0 3 15W * *": "at 03:00, on the weekday nearest day 15 of the month",
  "0 3 * * mon#1": "at 03:00, on the first Monday of the month",
  "0 3 11,22 1,jul *": "at 03:00, on day 11 and 22 of the month, only in January and July",
  "0 3 1 * 1": "at 03:00, on day 1 of the month, and on Monday",
  "0 3 * 12 *": "at 03:00, every day, only in December",
  "1-5 * * * *": "minutes 1 through 5 past the hour",
  "@hourly": "every hour",
  "@daily": "at 00:00, every day",
  "@midnight": "at 00:00, every day",
  "@weekly": "at 00:00, only on Sunday",
  "@monthly": "at 00:00, on day 1 of the month",
  "@yearly": "at 00:00, on day 1 of the month, only in January",
  "@annually": "at 00:00, on day 1 of the month, only in January",
  // These begin anew each hour and each day, so that their last interval is shorter: the times are named.
  "*/20 * * * *": "every 20 minutes",
  "*/25 * * * *": "every 25 minutes, at 0, 25, and 50 minutes past the hour",
  "0 */5 * * *": "on the hour, every 5 hours, at 00:00, 05:00, 10:00, 15:00, and 20:00, every day",
};

for (const [cron, words] of Object.entries(WORDS))
  test(`${cron} is “${words}”`, () => {
    assert.equal(cronProblem(cron), undefined);
    assert.equal(cronWords(cron), words);
  });

for (const cron of ["", "60 3 * * *", "0 3 * *", "every day", "@never"])
  test(`${cron || "nothing"} has no words`, () => assert.equal(cronWords(cron), undefined));
