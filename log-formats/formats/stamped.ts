import type { LogFormat } from "../format.ts";
import { LEVEL_WORDS, levelOfWord } from "../levels.ts";
import { pattern } from "../pattern.ts";
import { timestamp } from "../times.ts";

const UPPER = LEVEL_WORDS.toUpperCase();

// Up to two words before the level: a logger, a thread.
const LEVEL = String.raw`(?:(?:(?<first>[\w.$/-]{1,80}|\[[^\]]{1,80}\])[\s|:-]+(?:(?:[\w.$/-]{1,80}|\[[^\]]{1,80}\])[\s|:-]+)?)?(?:\[?(?<level>${UPPER})\]?(?![\w.])|\[(?<bracketed>${LEVEL_WORDS})\]|(?<colon>${LEVEL_WORDS})(?=: ))[\s|:-]*)?`;

// The command and the verdict of a job's log, an exception nobody caught, a warning of Node: lines without a time.
const BARE = String.raw`(?=\$ \S|(?:succeeded|failed|cancelled)$|failed: |attempt \d+ ended, |Exception in thread "|\(node:\d+\) )`;

const LINE = pattern(
  String.raw`(?:\[?(?<date>\d{4}[-/]\d\d[-/]\d\d|\d\d/\d\d/\d\d)[T ](?<time>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?: ?(?<zone>Z|[+-]\d\d:?\d\d)(?!\d))?\]?[\s|,:-]*${LEVEL}|${BARE})`,
);

/** Lines that begin with a date: the log of a job of this portal, with what its programs say, and what Python writes. */
export const stamped: LogFormat = {
  name: "portal",
  title: "Log of a job of this portal, or lines that begin with a date",
  rule: "The word after the time, as trace is debug, notice is info, fatal is critical. Where there is none: a table that failed, a verdict “failed” and an exception are error, what was cancelled, left behind or is tried again is warn, all others are info.",
  begins: LINE.source,
  follows: "all",
  broad: true,
  parts: LINE.parts,
  understood: (parts, time) =>
    `${LINE.matched(parts)} and (${time} is not null or ${LINE.group(parts, "date")} is null)`,
  columns(parts, { timeZone }) {
    const part = (name: string) => LINE.group(parts, name);
    const message = LINE.rest(parts);
    const date = `replace(if(length(${part("date")}) = 8, concat('20', ${part("date")}), ${part("date")}), '/', '-')`;
    const word = `coalesce(${part("level")}, ${part("bracketed")}, ${part("colon")})`;
    const outcome = String.raw`case when left(${message}, 400) rlike r'^(?:(?:[^:]{1,300}: )?failed(?:[,:]|$| \()|Exception in thread )' then 'error'
      when left(${message}, 400) rlike r'^(?:(?:[^:]{1,300}: )?(?:cancelled|left behind)(?:[,:]|$| \()|attempt \d+ ended, |\(node:\d+\) )' then 'warn' else 'info' end`;
    return {
      time: timestamp(date, `replace(${part("time")}, ',', '.')`, part("zone"), timeZone),
      level: `coalesce(${levelOfWord(word)}, ${outcome})`,
      message,
      service: `case when ${part("first")} not like '[%' then ${part("first")} end`,
    };
  },
};
