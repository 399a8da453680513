import { orderSql, type TextColumn, textSql, valueSql } from "../../connectors/iceberg/cell-text.ts";
import { describeIceberg, placeOf, snapshotOf } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { quote, sparkLiteral, sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { plainDecimal } from "../../connectors/spark/protocol/literal.ts";
import type { Row, Session } from "../../connectors/spark/session.ts";
import { cachedAnswer } from "../../core/system/cache.ts";
import type { BrowseQuery, RowCount, SnapshotChoice } from "../../views/pages/tables/rows.ts";
import { COUNTED, type Counting } from "../load-csv/parameters.ts";
import type { Portal } from "../portal/page.ts";
import { browseHive } from "./hive.ts";
import { type Browsed, type BrowsedColumn, browsed } from "./portal/facts.ts";

/** How many rows a page has. */
export const ROWS = 50;

// A cell of a list shows the start of a long text, and no more of it is asked for.
const SHOWN = 401;

/** What the page of a table says; undefined where there is no such table. Asked anew only where the table has a new snapshot. */
export async function browse(portal: Portal, name: TableName): Promise<Browsed | undefined> {
  if (name.catalog === "hive") return await browseHive(portal, name);
  const current = await portal.metadata.ask(name.catalog, session => currentOf(session, name));
  if (current === undefined) return undefined;
  return await cachedAnswer(portal, ["table", name, current], () =>
    portal.metadata.ask(name.catalog, session => readTable(session, name)),
  );
}

/** The rows of a table, of one snapshot where it has some; one more than a page has where there are more. */
export async function browsedRows(
  portal: Portal,
  name: TableName,
  snapshot: string | undefined,
  { columns, key }: Pick<Browsed, "columns" | "key">,
  filter: BrowseQuery,
): Promise<Row[]> {
  // What has no snapshots may change at any time: asked again after a while.
  const since = snapshot ?? `since ${Math.floor(Date.now() / 30_000)}`;
  return await cachedAnswer(portal, ["rows", name, since, filter], async () => {
    const sql = rowsSelect(name, snapshot, columns, key, filter);
    const rows = await portal.metadata.ask(name.catalog, session => session.query(sql));
    return rows.map(row => plain(row, columns));
  });
}

/** What a table of counts has; asked anew only where it has a new snapshot. */
export async function countedOf(portal: Portal, { by, target }: Counting): Promise<RowCount | undefined> {
  const { catalog } = target;
  const current = await portal.metadata.ask(catalog, session => currentOf(session, target));
  if (!current) return undefined;
  const sql = `select cast(${quote(by)} as string) as value, cast(rows as string) as rows
    from (select * from ${sqlName(target)} version as of ${current} order by rows desc, ${quote(by)} limit 20)`;
  return await cachedAnswer(portal, ["counts", target, current], () =>
    portal.metadata.ask(catalog, async session => {
      const counted = (await snapshotOf(session, target, current))?.summary[COUNTED];
      return { ...(counted && { counted }), top: (await session.query(sql)) as unknown as RowCount["top"] };
    }),
  );
}

/** One row by its key, as texts, at a snapshot; undefined where there is none. */
export async function rowOf(
  portal: Portal,
  name: TableName,
  { columns }: Pick<Browsed, "columns">,
  key: string,
  value: string,
  snapshot: string | undefined,
): Promise<Record<string, string | null> | undefined> {
  if (!snapshot || !/^-?\d+$/.test(snapshot)) return undefined;
  const texts = texted(columns).map(column => `${textSql(column)} as ${quote(column.name)}`);
  const type = columns.find(column => column.name === key)?.dataType ?? { kind: "string" };
  const where = `${quote(key)} = ${valueSql(type, value)}`;
  const sql = `select ${texts.join(", ")} from ${sqlName(name)} version as of ${snapshot} where ${where} limit 1`;
  return await cachedAnswer(portal, ["row", name, snapshot, key, value], async () => {
    const [row] = await portal.metadata.ask(name.catalog, session => session.query(sql));
    return row && (plain(row, columns) as Record<string, string | null>);
  });
}

// The snapshot that is current; an empty text where the table has none yet, or is a view.
async function currentOf(session: Session, name: TableName): Promise<string | undefined> {
  const found = await describeIceberg(session, name);
  return found && (found.current?.id ?? "");
}

async function readTable(session: Session, name: TableName): Promise<Browsed> {
  const [found, place] = await Promise.all([describeIceberg(session, name), placeOf(session, name)]);
  const columns = copiedColumns(await session.schema(`select * from ${sqlName(name)}`), found?.columnComments);
  const key = found?.properties["portal.key"];
  const description: [string, string | undefined][] = [
    ["Format", found?.view ? "Iceberg view" : `Iceberg ${found?.properties["format-version"] ?? ""}`.trim()],
    ["Partitioned by", found?.partitioning.join(", ")],
    ["Comment", place.comment],
    ["Location", place.location],
    ["Copied from", found?.properties["portal.source"]],
  ];
  return {
    kind: found?.view ? "view" : "iceberg",
    columns: browsed(columns),
    snapshots: found?.view ? [] : await snapshotsOf(session, name),
    ...(found?.current && { current: found.current.id }),
    ...(key && !key.includes(",") && columns.some(column => column.name === key) && { key }),
    counts: rowCounts(name, found?.properties["portal.counts"]),
    description: description.flatMap(([label, value]) => (value ? [[label, value] as const] : [])),
  };
}

async function snapshotsOf(session: Session, name: TableName): Promise<SnapshotChoice[]> {
  const snapshots = await session.query(
    `select cast(s.snapshot_id as string) as id, cast(s.committed_at as string) as at, operation, to_json(summary) as summary
     from ${sqlName(name)}.snapshots s join ${sqlName(name)}.history h on h.snapshot_id = s.snapshot_id and h.is_current_ancestor
     order by s.committed_at desc limit 200`,
  );
  return snapshots.map(({ id, at, operation, summary }) =>
    written(String(id), String(at), String(operation), JSON.parse(String(summary))),
  );
}

function written(id: string, at: string, operation: string, summary: Record<string, string>): SnapshotChoice {
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
  snapshot: string | undefined,
  columns: readonly BrowsedColumn[],
  key: string | undefined,
  { text, sort, descending, from }: BrowseQuery,
): string {
  const all = texted(columns);
  const found = text
    ? ` where ${all.map(one => `contains(lower(${textSql(one)}), lower(${sparkLiteral(text)}))`).join(" or ")}`
    : "";
  const order = all.find(one => one.name === sort);
  // Of rows that sort alike the order must be one and the same on every page.
  const others = all.filter(one => one !== order && (key === undefined || one.name === key)).slice(0, 20);
  const by = order && [`${orderSql(order)} ${descending ? "desc" : "asc"}`, ...others.map(orderSql)];
  const cells = all.map(one => {
    const cell = one.name === key ? textSql(one) : `left(${textSql(one)}, ${SHOWN})`;
    return `${cell} as ${quote(one.name)}`;
  });
  const relation = snapshot ? `${sqlName(name)} version as of ${snapshot}` : sqlName(name);
  return `select ${cells.join(", ")} from (select * from ${relation}${found}${by ? ` order by ${by.join(", ")}` : ""} limit ${ROWS + 1} offset ${from})`;
}

function texted(columns: readonly BrowsedColumn[]): TextColumn[] {
  return columns.map(({ name, dataType }) => ({ name, type: dataType }));
}

// Java writes a decimal of many places with an exponent.
function plain(row: Row, columns: readonly BrowsedColumn[]): Row {
  const decimals = columns.filter(({ dataType }) => dataType.kind === "decimal");
  const changed = decimals.map(({ name }) => [name, row[name] === null ? null : plainDecimal(String(row[name]))]);
  return { ...row, ...Object.fromEntries(changed) };
}

/** The tables of counts that a load has said to keep: `name:product_counts`. */
export function rowCounts(of: TableName, property: string | undefined): Counting[] {
  return (property ?? "").split(",").flatMap(one => {
    const at = one.lastIndexOf(":");
    return at < 0 ? [] : [{ by: one.slice(0, at), of, target: { ...of, table: one.slice(at + 1) } }];
  });
}
