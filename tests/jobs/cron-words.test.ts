import assert from "node:assert/strict";
import { test } from "node:test";
import { cronWords } from "../../jobs/cron-words.ts";

const SAID: Readonly<Record<string, string | undefined>> = {
  "0 3 * * *": "every day at 03:00",
  "* * * * *": "every minute",
  "*/1 * * * *": "every minute",
  "*/15 * * * *": "every 15 minutes",
  "0 * * * *": "every hour",
  "5 * * * *": "every hour at 5 past",
  "0 */6 * * *": "every 6 hours",
  "30 2,14 * * *": "every day at 02:30 and 14:30",
  "0 8-17 * * 1-5": "every hour on weekdays from 08:00 to 17:00",
  "*/10 8-17 * * mon-fri": "every 10 minutes on weekdays from 08:00 to 17:59",
  "0 3 * * 1": "on Mondays at 03:00",
  "0 3 * * 7": "on Sundays at 03:00",
  "0 3 * * sat,sun": "on weekends at 03:00",
  "0 3 1 * *": "on the 1st of every month at 03:00",
  "0 3 L * *": "on the last day of every month at 03:00",
  "0 3 11,22 1,jul *": "on the 11th and 22nd of January and July at 03:00",
  "0 3 1 * 1": "on the 1st of every month and on Mondays at 03:00",
  "0 3 * 12 *": "every day in December at 03:00",
  "@weekly": "on Sundays at 00:00",
  // What can't be said shortly is not said: the next times stand beside it.
  "*/7 * * * *": undefined,
  "0 */5 * * *": undefined,
  "0 3 15W * *": undefined,
  "0 3 * * mon#1": undefined,
  "1-5 * * * *": undefined,
  "": undefined,
};

for (const [cron, words] of Object.entries(SAID))
  test(`${cron || "nothing"} is ${words ? `“${words}”` : "left as it stands"}`, () =>
    assert.equal(cronWords(cron), words));
