import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { LogFormat } from "../format.ts";
import { pattern } from "../pattern.ts";
import { levelOfMessage } from "../severity.ts";
import { anyTime } from "../times/any-time.ts";
import { MONTHS, ZONE } from "../times/times.ts";

const TIME = String.raw`(?<at>(?:[A-Z][a-z]{2} (?:${MONTHS}) [ \d]\d \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:${ZONE}))?))\s*`;
const HEADING = pattern(`${TIME}$`);

// Without the end of the line, which a record of several lines has elsewhere.
const RECORD = pattern(TIME.replace(String.raw`\s*`, String.raw`[ \t\r]*\n?`));

const isHeading = new RegExp(`^(?:${HEADING.source})`);
const isDated =
  /^[[(<]?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d,|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\{")/;

/**
 * Records of which the time stands on a line of its own, and their text on those below, as the alert log of Oracle has them:
 * by the lines of a file. Nothing where most lines have times of their own, or nothing stands below a time.
 */
export function headingsOf(lines: readonly string[]): LogFormat | undefined {
  const headings = lines.filter(line => isHeading.test(line)).length;
  const others = lines.filter(line => line.trim() !== "" && !isHeading.test(line));
  const first = lines.findIndex(line => isHeading.test(line));
  const isUsual = first >= 0 && first < 10 && headings * 100 > lines.length && others.length * 2 >= headings;
  return isUsual && others.filter(line => isDated.test(line)).length * 20 < others.length ? underHeadings : undefined;
}

const ORACLE = String.raw`ORA-(?!0+(?!\d))\d+`;

const underHeadings: LogFormat = {
  name: "oracle-alert",
  title: "Oracle alert log, or a time on a line of its own",
  rule: "The format has no levels: a level in front of the text, a number of an error (ORA-00600), else what its words say; unknown where they say nothing.",
  begins: HEADING.source,
  follows: "all",
  broad: true,
  // Whatever stands below a time belongs to it, a level in front or not.
  goesOn: `(?!${HEADING.source.replaceAll(/\(\?<\w+>/g, "(?:")})`,
  text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
  oneByOne: false,
  parts: RECORD.parts,
  understood: (parts, time) => `${RECORD.matched(parts)} and ${time} is not null`,
  columns(parts, { timeZone }) {
    const text = `left(${RECORD.rest(parts)}, 8000)`;
    const error = `nullif(regexp_extract(${text}, ${sparkLiteral(String.raw`(?m)^(.*${ORACLE}.*)$`)}, 1), '')`;
    return {
      time: anyTime(RECORD.group(parts, "at"), timeZone),
      level: `if(${text} rlike ${sparkLiteral(String.raw`(?m)^(?:.{0,80}: ?)?${ORACLE}:`)}, 'error', ${levelOfMessage(text, "'unknown'")})`,
      message: `trim(coalesce(if(contains(${text}, 'ORA-'), ${error}, null), split_part(${text}, '\\n', 1)))`,
    };
  },
};
