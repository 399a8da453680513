import { sqlName } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { group } from "../../views/format/figures.ts";
import type { PartitionOffsets } from "./offsets.ts";
import { startsOf } from "./offsets.ts";
import type { Target } from "./target.ts";

/** One partition of the topic: the offsets that were consumed, and what both tables hold of them. */
export interface StreamCounts {
  partition: number;
  from: number;
  to: number;
  lines: number;
  bad: number;
  equal: boolean;
}

/** What was counted when a stream was stopped. */
export interface StreamProof {
  partitions: StreamCounts[];
  lines: number;
  bad: number;
  consumed: number;
  /** What differs, a sentence for each partition. */
  differences: string[];
  sql: string;
}

/**
 * Counts the lines of both tables against the offsets that were consumed. Beside their number their sums and the sums of
 * their squares must be those of the whole range, so that a line that is lost and another that is there twice are seen.
 * `inPart`: the tables may hold more than what is counted.
 */
export async function proveStream(
  session: Session,
  target: Target,
  consumed: PartitionOffsets,
  inPart: boolean,
): Promise<StreamProof> {
  const starts = startsOf(target.starts, consumed);
  const sql = countingSql(target, consumed, inPart);
  const rows = new Map((await session.query(sql)).map(row => [String(row.partition), row]));
  const partitions: StreamCounts[] = [];
  const differences: string[] = [];
  for (const [partition, to] of Object.entries(consumed)) {
    const row = rows.get(partition);
    rows.delete(partition);
    const from = starts[partition] ?? 0;
    const range = rangeOf(BigInt(from), BigInt(to));
    const figures = [row?.n, row?.sum, row?.squares].map(value => BigInt(String(value ?? 0)));
    const equal = range.every((figure, at) => figure === figures[at]);
    const [lines, bad] = [Number(row?.n ?? 0) - Number(row?.bad ?? 0), Number(row?.bad ?? 0)];
    partitions.push({ partition: Number(partition), from, to, lines, bad, equal });
    if (!equal)
      differences.push(
        `partition ${partition}: ${group(String(to - from))} offsets were consumed, the tables hold ${group(String(lines + bad))} lines of them` +
          (figures[0] === range[0] ? ", and these are not the same ones" : ""),
      );
  }
  for (const [partition, row] of rows)
    differences.push(`partition ${partition}: nothing was consumed, the tables hold ${String(row.n)} lines of it`);
  const sum = (of: (one: StreamCounts) => number) => partitions.reduce((total, one) => total + of(one), 0);
  return {
    ...{ partitions, differences, sql },
    ...{ lines: sum(one => one.lines), bad: sum(one => one.bad), consumed: sum(one => one.to - one.from) },
  };
}

// Bad lines may have been read further ahead, and `inPart` the others too: those beyond what both have consumed do not count.
function countingSql({ lines, bad }: Target, consumed: PartitionOffsets, inPart: boolean): string {
  const ends = Object.entries(consumed).map(([partition, to]) => `when ${Number(partition)} then ${to}`);
  const within = ends.length > 0 ? `where offset < case partition ${ends.join(" ")} else 0 end` : "where false";
  return `select partition, count(*) as n, sum(is_bad) as bad, cast(sum(cast(offset as decimal(38,0))) as string) as sum,
      cast(sum(cast(offset as decimal(38,0)) * offset) as string) as squares
    from (select partition, offset, 0 as is_bad from ${sqlName(lines)} ${inPart ? within : ""}
      union all select partition, offset, 1 as is_bad from ${sqlName(bad)} ${within})
    group by partition`;
}

// Count, sum and sum of squares of the whole numbers from `from` to before `to`.
function rangeOf(from: bigint, to: bigint): bigint[] {
  const below = (n: bigint): bigint[] => [n, (n * (n - 1n)) / 2n, ((n - 1n) * n * (2n * n - 1n)) / 6n];
  const [start, end] = [below(from), below(to)];
  return end.map((value, at) => value - (start[at] ?? 0n));
}

/** The number of the last batch that a query of a checkpoint has brought into a table; -1 where there is none. */
export async function lastEpoch(session: Session, table: Target["lines"]): Promise<number> {
  const [row] = await session.query(
    `select max(cast(summary['spark.sql.streaming.epochId'] as bigint)) as epoch from ${sqlName(table)}.snapshots`,
  );
  return row?.epoch == null ? -1 : Number(row.epoch);
}
