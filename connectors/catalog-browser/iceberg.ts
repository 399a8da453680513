import { SettingsError } from "../../core/settings.ts";
import { partitioningOf } from "../iceberg/iceberg.ts";
import { sqlName, type TableName, tableNameOf } from "../iceberg/names.ts";
import { SparkError } from "../spark/errors.ts";
import type { Row, Session } from "../spark/session.ts";

/** What is known of an Iceberg table without reading data. Counts of rows and bytes are decimal strings, times ISO in UTC. */
export interface IcebergDetail {
  of: "iceberg";
  name: string;
  kind: "table" | "view";
  columns: number;
  /** Transforms as SQL: `days(ts)`, `bucket(4, id)`. */
  partitioning: string[];
  formatVersion?: number;
  comment?: string;
  /** Rows that later deletes took away count, too, until the table is compacted. */
  rows?: string;
  bytes?: string;
  /** All that the table still has, on branches as well; this and what follows comes after the rest. */
  snapshots?: number;
  lastSnapshot?: { id: string; at: string; operation: string };
  /** What readers saw, one after the other: the newest first, 50 at most. */
  snapshotIds?: { id: string; at: string }[];
  /** The id of the current snapshot; undefined where nothing was ever published. */
  current?: string;
}

/** Layout, rows and the current snapshot's id. Throws a sentence where there is no such table. */
export async function describeIcebergDetail(session: Session, name: TableName): Promise<IcebergDetail> {
  const rows = await described(session, name);
  const named = (key: string) => rows.find(row => row.col_name === key)?.data_type;
  const properties = String(named("Table Properties") ?? "");
  const formatVersion = /[[,]format-version=(\d+)/.exec(properties)?.[1];
  const current = /[[,]current-snapshot-id=(-?\d+)/.exec(properties)?.[1];
  const counted = /(\d+) rows/.exec(String(named("Statistics") ?? ""))?.[1];
  const comment = named("Comment");
  return {
    of: "iceberg",
    name: name.table,
    kind: rows.some(row => row.col_name === "# Detailed View Information") ? "view" : "table",
    columns: rows.findIndex(row => row.col_name === "" || String(row.col_name).startsWith("# ")),
    partitioning: partitioningOf(rows.map(row => [String(row.col_name), String(row.data_type)] as const)),
    ...(formatVersion && { formatVersion: Number(formatVersion) }),
    ...(comment && { comment: String(comment) }),
    ...(counted && { rows: counted }),
    ...(current && { current }),
  };
}

/** The same with the snapshots, and the figures of the current one. */
export async function withSnapshots(session: Session, name: TableName, detail: IcebergDetail): Promise<IcebergDetail> {
  const rows = await session.query(
    `select cast(snapshot_id as string) as id, cast(parent_id as string) as parent, committed_at as at, operation,
       summary['total-records'] as rows, summary['total-files-size'] as bytes from ${sqlName(name)}.snapshots`,
  );
  const byId = new Map(rows.map(row => [String(row.id), row]));
  const current = byId.get(detail.current ?? "");
  return {
    ...detail,
    snapshots: rows.length,
    snapshotIds: lineage(byId, detail.current),
    ...(current
      ? {
          lastSnapshot: { id: String(current.id), at: String(current.at), operation: String(current.operation) },
          ...(current.rows !== null && { rows: String(current.rows) }),
          ...(current.bytes !== null && { bytes: String(current.bytes) }),
        }
      : !detail.current && { rows: "0", bytes: "0" }),
  };
}

async function described(session: Session, name: TableName): Promise<Row[]> {
  try {
    return await session.command(`describe table extended ${sqlName(name)}`);
  } catch (error) {
    if (!(error instanceof SparkError) || error.errorClass !== "TABLE_OR_VIEW_NOT_FOUND") throw error;
    throw new SettingsError(
      `There is no Iceberg table ${tableNameOf(name)}: somebody dropped it, or it never was one.`,
    );
  }
}

// A branch that nobody reads has snapshots as well, so the order of time is not what readers saw: the parents are.
function lineage(byId: ReadonlyMap<string, Row>, current: string | undefined): { id: string; at: string }[] {
  const found: { id: string; at: string }[] = [];
  for (let row = byId.get(current ?? ""); row && found.length < AT_MOST; row = byId.get(String(row.parent))) {
    found.push({ id: String(row.id), at: String(row.at) });
  }
  return found;
}

const AT_MOST = 50;
