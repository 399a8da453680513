import { isNested, textSql } from "../../connectors/iceberg/cell-text.ts";
import { quote, sparkLiteral } from "../../connectors/iceberg/names.ts";
import type { Row, Session } from "../../connectors/spark/session.ts";
import type { HashedColumn } from "../table-copy/hash.ts";
import { columnHash, rowHash } from "../table-copy/hash.ts";

/** Rows that one side alone has, rows of one key with other values, and rows that stand more often on one side. */
export const DIFFERENCE_KINDS = ["left", "right", "changed", "repeated"] as const;
export type Kind = (typeof DIFFERENCE_KINDS)[number];

/** One row that differs: its values by column, of each side that has it; where both have it, only what differs. */
export interface DifferingRow {
  kind: Kind;
  key: Readonly<Record<string, string | null>>;
  left?: Readonly<Record<string, string | null>>;
  right?: Readonly<Record<string, string | null>>;
  /** How often it stands on each side, where that is not once. */
  times?: readonly [left: string, right: string];
}

/** Where two relations differ. Counts are of all rows that differ; rows are the first hundred of each kind. */
export interface Located {
  counts: Readonly<Record<Kind, string>>;
  /** Of changed rows, in how many each column differs; most first. */
  columns: readonly { name: string; rows: string }[];
  partitions: readonly { name: string; rows: string }[];
  rows: readonly DifferingRow[];
}

/** Two relations with the same columns, in which order these tell rows apart, and by which they are partitioned. */
export interface Relations {
  left: string;
  right: string;
  columns: readonly HashedColumn[];
  key: readonly HashedColumn[];
  partitions: readonly string[];
}

/** How many rows of each kind are kept with their values. */
const MOST_ROWS = 100;
const MOST_TEXT = 200;
const MOST_COLUMNS = 40;
const MOST_PARTITIONS = 10_000;

/** Finds every row that differs: by its key, or without one by all of its values. Reads both sides two or three times. */
export async function locate(session: Session, relations: Relations, signal: AbortSignal): Promise<Located> {
  const differing = differingRows(relations);
  const counted = await session.query(
    `select kind, place, cast(count(*) as string) as keys, cast(sum(lefts) as string) as lefts,
      cast(sum(rights) as string) as rights
     from (${differing}) group by kind, place order by count(*) desc limit ${MOST_PARTITIONS * DIFFERENCE_KINDS.length}`,
    { signal },
  );
  const counts = countsOf(counted);
  const found = counted.length > 0 ? await sample(session, relations, differing, signal) : [];
  const columns =
    relations.key.length > 0 ? await changedColumns(session, relations, differing, counts, found, signal) : [];
  const rows = found.map(one => rowOf(one, relations));
  return { counts, columns, partitions: partitionsOf(counted, relations), rows };
}

// What tells a row apart: the hash of its key, or of all its values. Nulls count, so that a key may have some.
function identity({ key, columns }: Relations): string {
  return rowHash(key.length > 0 ? key : columns);
}

// One row for each key that stands otherwise on the two sides. Sums of hashes tell the rows of a key that is not unique
// apart without holding them.
function differingRows(relations: Relations): string {
  const { left, right, columns, partitions } = relations;
  const values = `${identity(relations)} as id, ${rowHash(columns)} as h, ${placeOf(partitions)} as place`;
  return `select *, case when rights = 0 then 'left' when lefts = 0 then 'right'
      when lefts = 1 and rights = 1 then 'changed' else 'repeated' end as kind
    from (select id, min(place) as place, sum(l) as lefts, sum(1 - l) as rights,
        sum(if(l = 1, h, 0L)) as left_hash, sum(if(l = 0, h, 0L)) as right_hash
      from (select ${values}, 1 as l from ${left} union all select ${values}, 0 as l from ${right}) group by id)
    where lefts <> rights or left_hash <> right_hash`;
}

function placeOf(partitions: readonly string[]): string {
  if (partitions.length === 0) return "''";
  const parts = partitions.map(
    name => `concat(${sparkLiteral(`${name}=`)}, coalesce(cast(${quote(name)} as string), 'null'))`,
  );
  return `concat_ws('/', ${parts.join(", ")})`;
}

function countsOf(rows: readonly Row[]): Record<Kind, string> {
  const counts: Record<Kind, bigint> = { left: 0n, right: 0n, changed: 0n, repeated: 0n };
  for (const row of rows) {
    const kind = String(row.kind) as Kind;
    counts[kind] += kind === "left" ? figure(row.lefts) : kind === "right" ? figure(row.rights) : figure(row.keys);
  }
  return {
    left: `${counts.left}`,
    right: `${counts.right}`,
    changed: `${counts.changed}`,
    repeated: `${counts.repeated}`,
  };
}

function partitionsOf(rows: readonly Row[], { partitions }: Relations): Located["partitions"] {
  if (partitions.length === 0) return [];
  const byPlace = new Map<string, bigint>();
  for (const row of rows) byPlace.set(String(row.place), (byPlace.get(String(row.place)) ?? 0n) + figure(row.keys));
  return [...byPlace]
    .toSorted(([, a], [, b]) => (a < b ? 1 : -1))
    .map(([name, count]) => ({ name, rows: String(count) }));
}

function figure(value: unknown): bigint {
  return BigInt(String(value ?? 0));
}

/** A row that differs, as both sides gave it. */
interface FoundRow {
  kind: Kind;
  times: readonly [string, string];
  left?: Cells;
  right?: Cells;
}

interface Cells {
  texts: readonly (string | null)[];
  hashes: readonly string[];
}

// The first rows of each kind, then what each side has of them.
async function sample(
  session: Session,
  relations: Relations,
  differing: string,
  signal: AbortSignal,
): Promise<FoundRow[]> {
  const first = await session.query(
    `select kind, cast(id as string) as id, cast(lefts as string) as lefts, cast(rights as string) as rights
     from (select *, row_number() over (partition by kind order by id) as number from (${differing}))
     where number <= ${MOST_ROWS}`,
    { signal },
  );
  const ids = (without: Kind) => first.flatMap(({ kind, id }) => (kind === without ? [] : [String(id)]));
  const left = await cellsOf(session, relations, relations.left, ids("right"), signal);
  const right = await cellsOf(session, relations, relations.right, ids("left"), signal);
  const found = first.map(({ kind, id, lefts, rights }): FoundRow => {
    const [ours, theirs] = [left.get(String(id)), right.get(String(id))];
    return {
      kind: String(kind) as Kind,
      times: [String(lefts), String(rights)],
      ...(ours && { left: ours }),
      ...(theirs && { right: theirs }),
    };
  });
  return found.toSorted((a, b) => DIFFERENCE_KINDS.indexOf(a.kind) - DIFFERENCE_KINDS.indexOf(b.kind));
}

async function cellsOf(
  session: Session,
  relations: Relations,
  relation: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Cells>> {
  if (ids.length === 0) return new Map();
  const texts = relations.columns.map(
    ({ name, target }) => `left(${textSql({ name, type: target })}, ${MOST_TEXT + 1})`,
  );
  const hashes = relations.columns.map((column, at) => `cast(${columnHash(column, at)} as string)`);
  const rows = await session.query(
    `select cast(portal_id as string) as id, first(array(${texts.join(", ")})) as texts,
      first(array(${hashes.join(", ")})) as hashes
     from (select *, ${identity(relations)} as portal_id from ${relation})
     where portal_id in (${ids.map(id => `${id}L`).join(", ")}) group by portal_id`,
    { signal },
  );
  return new Map(
    rows.map(({ id, texts: cells, hashes: sums }) => [
      String(id),
      { texts: cells as Cells["texts"], hashes: sums as Cells["hashes"] },
    ]),
  );
}

// The rows that are kept tell it where they are all; else those that changed, and no others, are taken apart.
async function changedColumns(
  session: Session,
  relations: Relations,
  differing: string,
  counts: Located["counts"],
  found: readonly FoundRow[],
  signal: AbortSignal,
): Promise<Located["columns"]> {
  const { columns, left, right } = relations;
  const most = (all: { name: string; rows: string }[]) => all.toSorted((a, b) => Number(b.rows) - Number(a.rows));
  if (BigInt(counts.changed) <= BigInt(MOST_ROWS)) {
    const changed = found.filter(({ kind }) => kind === "changed");
    const rows = columns.map((_, at) => changed.filter(one => one.left?.hashes[at] !== one.right?.hashes[at]).length);
    return most(columns.flatMap(({ name }, at) => (rows[at] ? [{ name, rows: String(rows[at]) }] : [])));
  }
  const hashes = `array(${columns.map(columnHash).join(", ")}) as hashes`;
  const side = (relation: string) =>
    `select portal_id, ${hashes} from (select *, ${identity(relations)} as portal_id from ${relation})
     left semi join changed on portal_id = changed.id`;
  const rows = await session.query(
    `with changed as (select id from (${differing}) where kind = 'changed')
     select position, cast(count_if(differs) as string) as n
     from (select posexplode(zip_with(a.hashes, b.hashes, (x, y) -> x <> y)) as (position, differs)
       from (${side(left)}) a join (${side(right)}) b on a.portal_id = b.portal_id)
     group by position having count_if(differs) > 0`,
    { signal },
  );
  return most(rows.map(({ position, n }) => ({ name: columns[Number(position)]?.name ?? "", rows: String(n) })));
}

function rowOf({ kind, times, left, right }: FoundRow, { columns, key }: Relations): DifferingRow {
  const isKey = (name: string) => key.some(one => one.name === name);
  const changed = (at: number) => left?.hashes[at] !== right?.hashes[at];
  const all = columns.map(({ name }, at) => ({ name, at }));
  const shown = all
    .filter(({ name, at }) => !isKey(name) && (kind !== "changed" || changed(at)))
    .slice(0, MOST_COLUMNS);
  const values = (cells: Cells | undefined, of: typeof all) =>
    cells && Object.fromEntries(of.map(({ name, at }) => [name, cut(cells.texts[at])]));
  const [ours, theirs] = [values(left, shown), values(right, shown)];
  return {
    kind,
    key:
      values(
        left ?? right,
        all.filter(({ name }) => isKey(name)),
      ) ?? {},
    ...(ours && { left: ours }),
    ...(theirs && { right: theirs }),
    ...(times.some(count => Number(count) > 1) && { times }),
  };
}

function cut(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

/** Why columns can't tell rows apart; undefined where they can. */
export function badKey(key: readonly HashedColumn[]): string | undefined {
  const nested = key.find(({ target }) => isNested(target));
  return nested && `${nested.name} holds values with parts, by which no rows can be told apart`;
}
