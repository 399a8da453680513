import type { Session } from "../../../connectors/spark/session.ts";
import type { LogFile } from "../format.ts";
import { templateIn } from "../parse.ts";
import { type YearRule, yearsOf } from "../times/years.ts";
import { followsOf, type Group, headerLines, linePlace, scanLines } from "./lines.ts";

/** A part of a file that one task reads, and what its lines need to know of the parts before it. */
export interface Split {
  file: LogFile;
  path: string;
  start: bigint;
  length: bigint;
  /** The id of its first line, and that line's number in the file. */
  firstId: bigint;
  firstLine: bigint;
  lines: bigint;
  /** The line to which those belong that follow at its beginning. */
  carry: bigint;
  /** Lines that follow others, and their bytes. */
  following: bigint;
  followingBytes: bigint;
  years?: YearRule;
  /** Whether the day comes before the month in the file's dates; null where it has both orders, and either could be meant. */
  dayFirst: boolean | null;
  /** Records with such a date in a file in which nothing tells the order. */
  inDoubt: bigint;
}

/** What one pass over the files finds: their splits, by group, and the templates of some of their lines. */
export interface LineCounts {
  splits: Split[][];
  templates: string[];
}

/** Counts the lines of all splits, by one pass over the files; by two where lines are written in parts. */
export async function countParsedLines(session: Session, groups: readonly Group[]): Promise<LineCounts> {
  const sql = groups.map((group, at) => countSql(group, at)).join("\nunion all\n");
  const rows = (await session.query(sql)) as unknown as Row[];
  const parted = groups.filter((group, at) => !group.hasParts && rows.some(row => row.g === at && row.parts > 0n));
  if (parted.length > 0) {
    for (const group of parted) group.hasParts = true;
    return await countParsedLines(session, groups);
  }
  const templates = rows.flatMap(row => row.templates ?? []);
  const splits = groups.map((group, at) =>
    group.files.flatMap(file => {
      const { base } = linePlace(file.uri);
      const own = rows.filter(row => row.g === at && linePlace(decodeURIComponent(row.path)).base === base);
      return splitsOf(
        file,
        own.sort((a, b) => Number(a.start - b.start)),
      );
    }),
  );
  return { splits, templates };
}

// So many lines tell which templates are of one kind: those that each task reads first. Small files share a task.
const SAMPLED = 20_000;
const MOST_TEMPLATES = 3000;

interface Row {
  g: number;
  path: string;
  start: bigint;
  length: bigint;
  lines: bigint;
  firstId: bigint;
  ownerId: bigint | null;
  following: bigint;
  followingBytes: bigint;
  days: number[];
  firstDay: number | null;
  dayFirst: bigint;
  monthFirst: bigint;
  eitherFirst: bigint;
  parts: bigint;
  templates: string[] | null;
}

function countSql(group: Group, at: number): string {
  const { format } = group;
  const own = format.unwrap ? format.unwrap.sql("raw") : "raw";
  const day = format.monthDay ? format.monthDay(own) : "cast(null as int)";
  const options = { timeZone: group.timeZone, years: { base: "0", cut: "0" } };
  const template = templateIn(format, "raw", options) ?? "cast(null as string)";
  // The lower 33 bits of an id are a line's place in what one task reads.
  const some = `if((id & 8589934591L) < ${SAMPLED} and not coalesce(follows, false), ${template}, null)`;
  const order = format.dayOrder ? format.dayOrder(own) : "cast(null as int)";
  return `select ${at} as g, path, start, length, count(*) as lines, min(id) as firstId, max(if(follows, null, id)) as ownerId,
    count_if(follows) as following, coalesce(sum(if(follows, octet_length(raw) + 64L, 0L)), 0L) as followingBytes,
    collect_set(day) as days, min_by(day, id) filter (where day is not null) as firstDay,
    count_if(dayOrder = 1) as dayFirst, count_if(dayOrder = 2) as monthFirst, count_if(dayOrder = 0) as eitherFirst, ${format.parted ? `count_if(${format.parted.open("raw")} is not null)` : "0L"} as parts,
    slice(collect_set(${some}), 1, ${MOST_TEMPLATES}) as templates
    from (select *, ${followsOf(group)} as follows, cast(${day} as int) as day, ${order} as dayOrder from (${scanLines(group)}))
    group by path, start, length`;
}

function splitsOf(file: LogFile, rows: readonly Row[]): Split[] {
  let line = 1n;
  // Whatever it is, nothing stands above the first line.
  let carry = 1n + BigInt(headerLines(file.format));
  const first = rows.find(row => row.firstDay !== null)?.firstDay;
  const days = [...new Set(rows.flatMap(row => row.days))];
  const years = first ? { years: yearsOf({ first, days }, file) } : {};
  const count = (figure: "dayFirst" | "monthFirst") => rows.reduce((sum, row) => sum + row[figure], 0n);
  const isTold = file.dayFirst !== undefined || count("dayFirst") + count("monthFirst") > 0n;
  const dayFirst = file.dayFirst ?? orderOf(count("dayFirst"), count("monthFirst"));
  return rows.map(
    ({
      g: _,
      ownerId,
      days: __,
      firstDay: ___,
      dayFirst: ____,
      monthFirst: _____,
      templates: ______,
      parts: _______,
      eitherFirst,
      ...row
    }) => {
      const inDoubt = isTold ? 0n : eitherFirst;
      const split: Split = { file, ...row, firstLine: line, carry, ...years, dayFirst, inDoubt };
      if (ownerId !== null) {
        const owner = ownerId - row.firstId + line;
        if (owner > carry) carry = owner;
      }
      line += row.lines;
      return split;
    },
  );
}

// A few dates of the other order are somebody's mistake; where they are many, a date that could be either is none.
function orderOf(dayFirst: bigint, monthFirst: bigint): boolean | null {
  const isFew = (few: bigint, many: bigint) => few * 20n <= many;
  if (isFew(dayFirst, monthFirst)) return false;
  return isFew(monthFirst, dayFirst) ? true : null;
}
