import type { Session } from "../spark/session.ts";
import type { LogFile } from "./format.ts";
import { followsSql, type Group, headerLines, placeOf, scan } from "./lines.ts";
import { type YearRule, yearsOf } from "./years.ts";

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
}

/** Counts the lines of all splits, by one pass over the files. */
export async function countLines(session: Session, groups: readonly Group[]): Promise<Split[][]> {
  const rows = (await session.query(groups.map(countSql).join("\nunion all\n"))) as unknown as Row[];
  return groups.map((group, at) =>
    group.files.flatMap(file => {
      const { base } = placeOf(file.uri);
      const own = rows.filter(row => row.g === at && placeOf(decodeURIComponent(row.path)).base === base);
      return splitsOf(
        file,
        own.sort((a, b) => Number(a.start - b.start)),
      );
    }),
  );
}

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
}

function countSql(group: Group, at: number): string {
  const { format } = group;
  const day = format.monthDay ? format.monthDay("raw") : "cast(null as int)";
  return `select ${at} as g, path, start, length, count(*) as lines, min(id) as firstId, max(if(follows, null, id)) as ownerId,
    count_if(follows) as following, coalesce(sum(if(follows, octet_length(raw) + 64L, 0L)), 0L) as followingBytes,
    collect_set(day) as days, min_by(day, id) filter (where day is not null) as firstDay
    from (select *, ${followsSql(format, "raw")} as follows, cast(${day} as int) as day from (${scan(group)}))
    group by path, start, length`;
}

function splitsOf(file: LogFile, rows: readonly Row[]): Split[] {
  let line = 1n;
  // Whatever it is, nothing stands above the first line.
  let carry = 1n + BigInt(headerLines(file.format));
  const first = rows.find(row => row.firstDay !== null)?.firstDay;
  const days = [...new Set(rows.flatMap(row => row.days))];
  const years = first ? { years: yearsOf({ first, days }, file) } : {};
  return rows.map(({ g: _, ownerId, days: __, firstDay: ___, ...row }) => {
    const split: Split = { file, ...row, firstLine: line, carry, ...years };
    if (ownerId !== null) {
      const owner = ownerId - row.firstId + line;
      if (owner > carry) carry = owner;
    }
    line += row.lines;
    return split;
  });
}
