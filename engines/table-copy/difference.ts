import { sparkLiteral } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { columnHash, type HashedColumn } from "./hash.ts";
import { type ProofFigures, takeFigures } from "./proof-figures.ts";

/** Two relations that should hold the same rows, as SQL can read them. */
export interface Sides {
  source: string;
  target: string;
  columns: readonly HashedColumn[];
  /** The columns by whose values a place is named, as SQL; none where there are no partitions. */
  groupBy: readonly string[];
}

/**
 * Says where two relations differ, most telling first: rows, columns, pairing of values, partitions. Empty if a fresh
 * scan finds them equal. Costs two or three scans of each side.
 */
export async function findDifferences(session: Session, sides: Sides): Promise<string[]> {
  const [source, target] = [
    await takeFigures(session, sides.columns, sides.source),
    await takeFigures(session, sides.columns, sides.target),
  ];
  if (source.rows === target.rows && source.sum === target.sum && source.sum2 === target.sum2) return [];
  const counts = source.rows === target.rows ? [] : [rowsSentence(source, target)];
  const columns = source.rows === target.rows ? await differingColumns(session, sides) : [];
  return [...counts, ...columns, ...(await differingPartitions(session, sides))];
}

function rowsSentence(source: ProofFigures, target: ProofFigures): string {
  const delta = BigInt(target.rows) - BigInt(source.rows);
  return `the target has ${target.rows} rows, the source ${source.rows}: ${delta > 0n ? `${delta} too many` : `${-delta} missing`}`;
}

interface ColumnFigures {
  own: string;
  others: string;
}

/** The columns in which two relations of equally many rows differ, in words. */
export async function differingColumns(session: Session, sides: Omit<Sides, "groupBy">): Promise<string[]> {
  // A column whose own sum of hashes differs has other values. If the sums of all columns agree, values stand in the wrong rows:
  // the mixed-up column is the one without which the rows of both sides are the same.
  const source = await columnFigures(session, sides.columns, sides.source);
  const target = await columnFigures(session, sides.columns, sides.target);
  const names = sides.columns.map(column => column.name);
  const changed = names.filter((_, i) => source[i]?.own !== target[i]?.own);
  if (changed.length > 0) return [`${list("column", changed)} ${changed.length === 1 ? "has" : "have"} other values`];
  const mixed = names.filter((_, i) => source[i]?.others === target[i]?.others);
  if (mixed.length > 0) return [`${list("column", mixed)}: the values are the same but stand in other rows`];
  return ["the values of several columns are the same but stand in other rows"];
}

// One row for each column of each row: more rows, but a statement that stays small for hundreds of columns.
async function columnFigures(
  session: Session,
  columns: readonly HashedColumn[],
  relation: string,
): Promise<ColumnFigures[]> {
  const hashes = columns.map(columnHash).join(", ");
  const rows = await session.query(
    `select at, ${sum("h")} as own, ${sum("xxhash64(whole ^ h)")} as others
     from (select posexplode(hashes) as (at, h), whole
           from (select hashes, aggregate(hashes, 0L, (a, h) -> a ^ h) as whole
                 from (select array(${hashes}) as hashes from ${relation})))
     group by at order by at`,
  );
  return columns.map((_, i) => ({ own: String(rows[i]?.own), others: String(rows[i]?.others) }));
}

async function differingPartitions(session: Session, sides: Sides): Promise<string[]> {
  if (sides.groupBy.length === 0) return [];
  const source = await partitionFigures(session, sides, sides.source);
  const target = await partitionFigures(session, sides, sides.target);
  const differing = [...new Set([...source.keys(), ...target.keys()])].filter(
    key => source.get(key) !== target.get(key),
  );
  return differing.length > 0 ? [list("partition", differing)] : [];
}

async function partitionFigures(
  session: Session,
  { columns, groupBy }: Sides,
  relation: string,
): Promise<Map<string, string>> {
  const keys = groupBy.map(name => `concat(${sparkLiteral(`${name}=`)}, coalesce(cast(${name} as string), 'null'))`);
  const hash = columns.map(columnHash).join(", ");
  const rows = await session.query(
    `select concat_ws('/', ${keys.join(", ")}) as key, cast(count(*) as string) as n, ${sum(`xxhash64(${hash})`)} as s
     from ${relation} group by 1 order by 1 limit 10000`,
  );
  return new Map(rows.map(row => [String(row.key), `${row.n}/${row.s}`]));
}

function sum(expression: string): string {
  return `cast(sum(cast(${expression} as decimal(38,0))) as string)`;
}

/** `columns a, b and 3 more`. */
export function list(noun: string, names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return `${noun}${names.length === 1 ? "" : "s"} ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
