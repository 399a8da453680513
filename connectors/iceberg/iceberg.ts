import { SparkError } from "../spark/errors.ts";
import type { Row, Session } from "../spark/session.ts";
import { quote, sparkCatalog, sparkLiteral, sqlName, type TableName, tableNameOf } from "./names.ts";

/** One snapshot of an Iceberg table. */
export interface Snapshot {
  id: string;
  at: string;
  parent?: string;
  /** `append`, `overwrite`, `delete`, or `replace`, which changes no row. */
  operation?: string;
  summary: Record<string, string>;
}

/** What an Iceberg catalog knows of a table. `partitioning` holds transforms as SQL: `day`, `bucket(4, id)`. */
export interface IcebergTable {
  properties: Record<string, string>;
  partitioning: string[];
  columnComments: Record<string, string>;
  current?: Snapshot;
  /** The snapshot that last changed rows: the current one, or where only files were rewritten since, one before it. */
  lastChange?: Snapshot;
  /** A view: it has columns and properties, and no snapshots. */
  view?: true;
}

/** The names of the tables of an Iceberg namespace, in order. */
export async function listIceberg(session: Session, catalog: string, namespace: string): Promise<string[]> {
  const rows = await session.command(`show tables in ${quote(sparkCatalog(catalog))}.${quote(namespace)}`);
  return rows.map(row => String(row.tableName)).sort();
}

/** What an Iceberg catalog knows of a table or view, or undefined where there is none of that name. */
export async function describeIceberg(session: Session, name: TableName): Promise<IcebergTable | undefined> {
  try {
    const [described, properties, newest] = await Promise.all([
      session.command(`describe table ${sqlName(name)}`),
      session.command(`show tblproperties ${sqlName(name)}`),
      newestSnapshots(session, name),
    ]);
    const values = Object.fromEntries(properties.map(row => [String(row.key), String(row.value)]));
    const id = values["current-snapshot-id"];
    const current = newest.find(snapshot => snapshot.id === id) ?? (await snapshotOf(session, name, id));
    const lastChange = current && (await lastChangeBefore(session, name, current, newest));
    return {
      // A table without a snapshot has the property too, as "none".
      ...(id === undefined && { view: true }),
      properties: values,
      columnComments: commentsOf(described),
      partitioning: partitioningOf(described.map(row => [String(row.col_name), String(row.data_type)] as const)),
      ...(current && { current }),
      ...(lastChange && { lastChange }),
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Where an Iceberg table lies, and what is written about it. */
export interface TablePlace {
  /** A folder: `abfss://…`, `file:/…`; empty for a view. */
  location: string;
  comment?: string;
}

/**
 * The place and the comment of a table or view that is there. Only an extended description has them, for which Spark plans a
 * scan of the whole table: with forty manifests that took eight times as long as a plain one.
 */
export async function placeOf(session: Session, name: TableName): Promise<TablePlace> {
  const described = await session.command(`describe table extended ${sqlName(name)}`);
  // A column may have such a name, and comes before.
  const detail = (label: string) => described.findLast(row => row.col_name === label)?.data_type;
  const comment = detail("Comment");
  return { location: String(detail("Location") ?? ""), ...(comment && { comment: String(comment) }) };
}

// Asked beside what tells which of them is current: it mostly is one of these. A view has none.
async function newestSnapshots(session: Session, name: TableName): Promise<Snapshot[]> {
  try {
    const newest = `select * from ${sqlName(name)}.snapshots order by committed_at desc limit 5`;
    return (await session.query(`select ${SNAPSHOT} from (${newest})`)).map(snapshotIn);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

// A compaction rewrites files and commits a snapshot of its own.
async function lastChangeBefore(
  session: Session,
  name: TableName,
  current: Snapshot,
  known: readonly Snapshot[],
): Promise<Snapshot | undefined> {
  let at: Snapshot | undefined = current;
  while (at?.operation === "replace") {
    const { parent }: Snapshot = at;
    at = known.find(snapshot => snapshot.id === parent) ?? (await snapshotOf(session, name, parent));
  }
  return at;
}

function isNotFound(error: unknown): boolean {
  return error instanceof SparkError && error.errorClass === "TABLE_OR_VIEW_NOT_FOUND";
}

/** One snapshot of a table, by its id. */
export async function snapshotOf(
  session: Session,
  name: TableName,
  id: string | undefined,
): Promise<Snapshot | undefined> {
  if (!id || !/^-?\d+$/.test(id)) return undefined;
  const [row] = await session.query(`select ${SNAPSHOT} from ${sqlName(name)}.snapshots where snapshot_id = ${id}`);
  return row && snapshotIn(row);
}

/** The snapshot that is asked for, or without an id the current one; undefined where there is none. */
export async function snapshotOrCurrent(
  session: Session,
  name: TableName,
  { current }: Pick<IcebergTable, "current">,
  id: string | undefined,
): Promise<Snapshot | undefined> {
  return id === undefined || id === current?.id ? current : await snapshotOf(session, name, id);
}

/**
 * The snapshot that a branch points at, in one statement where a job wrote it, as it mostly is. Throws if there is no
 * such branch.
 */
export async function branchSnapshot(
  session: Session,
  name: TableName,
  branch: string,
  job: string,
): Promise<Snapshot> {
  const rows = await session.query(
    `select 'branch' as is, cast(snapshot_id as string) as id, '' as at, '' as summary, '' as parent, '' as operation
     from ${sqlName(name)}.refs where name = ${sparkLiteral(branch)}
     union all
     select 'snapshot', ${SNAPSHOT} from ${sqlName(name)}.snapshots where summary['portal.job'] = ${sparkLiteral(job)}`,
  );
  const head = rows.find(row => row.is === "branch");
  const written = rows.find(row => row.is === "snapshot" && row.id === head?.id);
  const snapshot = written ? snapshotIn(written) : await snapshotOf(session, name, head && String(head.id));
  if (!snapshot)
    throw new Error(`${tableNameOf(name)} has no branch ${branch}: somebody removed it while the job ran.`);
  return snapshot;
}

/** The metadata file that is current, by its full path. */
export async function metadataFile(session: Session, name: TableName): Promise<string | undefined> {
  const [newest] = await metadataLog(session, name);
  return newest?.file;
}

/** The metadata files that the table still knows of, the newest first, each with the snapshot that is current in it. */
export async function metadataLog(
  session: Session,
  name: TableName,
): Promise<{ file: string; snapshot: string | undefined }[]> {
  const rows = await session.query(
    `select file, cast(latest_snapshot_id as string) as snapshot, cast(timestamp as string) as at
     from ${sqlName(name)}.metadata_log_entries`,
  );
  // Here and not in the statement: to sort a few lines Spark takes longer than for all the rest.
  const byAge = (row: Row) => `${row.at} ${row.file}`;
  return rows
    .sort((a, b) => (byAge(a) < byAge(b) ? 1 : -1))
    .map(({ file, snapshot }) => ({ file: String(file), snapshot: snapshot ? String(snapshot) : undefined }));
}

const SNAPSHOT =
  "cast(snapshot_id as string) as id, cast(committed_at as string) as at, to_json(summary) as summary, " +
  "cast(parent_id as string) as parent, operation";

function snapshotIn({ id, at, summary, parent, operation }: Row): Snapshot {
  return {
    ...{ id: String(id), at: `${at} UTC`, summary: JSON.parse(String(summary ?? "{}")) },
    ...(parent && { parent: String(parent) }),
    ...(operation && { operation: String(operation) }),
  };
}

// Columns come first, up to the first row that is no column.
function commentsOf(rows: readonly Row[]): Record<string, string> {
  const end = rows.findIndex(row => row.col_name === "" || String(row.col_name).startsWith("# "));
  const columns = rows.slice(0, end < 0 ? rows.length : end).filter(row => row.comment);
  return Object.fromEntries(columns.map(row => [String(row.col_name), String(row.comment)]));
}

/**
 * How a described table is partitioned, from the names and types of the rows. `describe` lists identity partitions under
 * "# Partition Information", others as "Part 0", "Part 1" under "# Partitioning".
 */
export function partitioningOf(rows: readonly (readonly [string, string])[]): string[] {
  const from = rows.findIndex(([name]) => name === "# Partition Information" || name === "# Partitioning");
  if (from < 0) return [];
  const identity = rows[from]?.[0] === "# Partition Information";
  const found: string[] = [];
  for (const [name, type] of rows.slice(from + 1)) {
    if (name === "" || name.startsWith("# ") === true) {
      if (name === "# col_name") continue;
      break;
    }
    found.push(identity ? name : type);
  }
  return found;
}
