import type { Session } from "../../spark/session.ts";
import { ddl } from "../../spark/types.ts";
import { type Column, columnsOf } from "../../tables/columns.ts";
import { describeIceberg, snapshotOf } from "../../tables/iceberg.ts";
import { literal, quote, sqlName, type TableName } from "../../tables/names.ts";
import type { Asked, Counted, Snapshot, TableFacts } from "../../views/pages/rows.ts";
import { kept } from "../kept.ts";
import { COUNTED, type Counting } from "../load-csv/counts.ts";
import type { Portal } from "../page.ts";
import { countsOf } from "./counts.ts";

/** What the pages of a table know of it, and what is counted of it. */
export interface Browsed extends TableFacts {
  counts: Counting[];
}

/** How many rows a page has. */
export const ROWS = 50;

/** What the page of a table says; undefined where there is no such table. Asked anew only where the table has a new snapshot. */
export async function browse(portal: Portal, name: TableName): Promise<Browsed | undefined> {
  const current = await portal.metadata.ask(name.catalog, session => currentOf(session, name));
  if (current === undefined) return undefined;
  return await kept(portal, ["table", name, current], () =>
    portal.metadata.ask(name.catalog, session => look(session, name)),
  );
}

/** The rows of one snapshot, one more than a page has where there are more. */
export async function rowsOf(
  portal: Portal,
  name: TableName,
  snapshot: string,
  columns: Browsed["columns"],
  asked: Asked,
) {
  return await kept(portal, ["rows", name, snapshot, asked], () =>
    portal.metadata.ask(name.catalog, session => session.query(rowsSelect(name, snapshot, columns, asked))),
  );
}

/** What a table of counts has; asked anew only where it has a new snapshot. */
export async function countedOf(portal: Portal, { by, target }: Counting): Promise<Counted | undefined> {
  const { catalog } = target;
  const current = await portal.metadata.ask(catalog, session => currentOf(session, target));
  if (!current) return undefined;
  const sql = `select cast(${quote(by)} as string) as value, cast(rows as string) as rows
    from (select * from ${sqlName(target)} version as of ${current} order by rows desc, ${quote(by)} limit 20)`;
  return await kept(portal, ["counts", target, current], () =>
    portal.metadata.ask(catalog, async session => {
      const counted = (await snapshotOf(session, target, current))?.summary[COUNTED];
      return { ...(counted && { counted }), top: (await session.query(sql)) as unknown as Counted["top"] };
    }),
  );
}

/** One row by its key, as texts; undefined where there is none. */
export async function rowOf(
  portal: Portal,
  name: TableName,
  { current, columns }: Browsed,
  key: string,
  value: string,
) {
  const texts = columns.map(column => textOf(column.name));
  const type = columns.find(column => column.name === key)?.type ?? "string";
  const where = `${quote(key)} = try_cast(${literal(value)} as ${type})`;
  const sql = `select ${texts.join(", ")} from ${sqlName(name)} version as of ${current} where ${where} limit 1`;
  const [row] = current ? await portal.metadata.ask(name.catalog, session => session.query(sql)) : [];
  return row as Record<string, string | null> | undefined;
}

// The snapshot that is current; an empty text where the table has none yet.
async function currentOf(session: Session, name: TableName): Promise<string | undefined> {
  const found = await describeIceberg(session, name);
  return found && !found.view ? (found.current?.id ?? "") : undefined;
}

async function look(session: Session, name: TableName): Promise<Browsed> {
  const found = await describeIceberg(session, name);
  const columns = columnsOf(await session.schema(`select * from ${sqlName(name)}`));
  const snapshots = await session.query(
    `select cast(s.snapshot_id as string) as id, cast(s.committed_at as string) as at, operation, to_json(summary) as summary
     from ${sqlName(name)}.snapshots s join ${sqlName(name)}.history h on h.snapshot_id = s.snapshot_id and h.is_current_ancestor
     order by s.committed_at desc limit 200`,
  );
  const key = found?.properties["portal.key"];
  return {
    columns: columns.map(plain),
    snapshots: snapshots.map(({ id, at, operation, summary }) =>
      written(String(id), String(at), String(operation), JSON.parse(String(summary))),
    ),
    ...(found?.current && { current: found.current.id }),
    ...(key && !key.includes(",") && columns.some(column => column.name === key) && { key }),
    counts: countsOf(name, found?.properties["portal.counts"]),
  };
}

function plain({ name, target, required = false }: Column) {
  return { name, type: ddl(target), required };
}

function written(id: string, at: string, operation: string, summary: Record<string, string>): Snapshot {
  const {
    "portal.by": by,
    "portal.job": job,
    "added-records": added,
    "deleted-records": deleted,
    "total-records": rows,
  } = summary;
  return {
    ...{ id, at: `${at.replace(" ", "T")}Z`, operation },
    ...{
      ...(by && { by }),
      ...(job && { job }),
      ...(added && { added }),
      ...(deleted && { deleted }),
      ...(rows && { rows }),
    },
  };
}

function rowsSelect(
  name: TableName,
  snapshot: string,
  columns: Browsed["columns"],
  { text, sort, descending, from }: Asked,
): string {
  const all = columns.map(column => column.name);
  const order = all.includes(sort) ? sort : all[0];
  const found = text
    ? ` where ${all.map(one => `contains(lower(cast(${quote(one)} as string)), ${literal(text.toLowerCase())})`).join(" or ")}`
    : "";
  // Of rows that sort alike the order must be one and the same on every page.
  const others = all.filter(one => one !== order).map(quote);
  const by = [`${quote(order ?? "")} ${descending ? "desc" : "asc"}`, ...others.slice(0, 3)];
  return `select ${all.map(textOf).join(", ")} from (select * from ${sqlName(name)} version as of ${snapshot}${found} order by ${by.join(", ")} limit ${ROWS + 1} offset ${from})`;
}

function textOf(name: string): string {
  return `cast(${quote(name)} as string) as ${quote(name)}`;
}
