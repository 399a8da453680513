import { SettingsError } from "../../core/settings.ts";
import { isDelta } from "../hive/acid/state.ts";
import { CAPABILITIES } from "../hive/address.ts";
import {
  describeHive,
  formatOf,
  type HiveTable,
  isHiddenFromSpark,
  isTransactional,
  sizeOf,
} from "../iceberg/describe.ts";
import { sqlName, type TableName } from "../iceberg/names.ts";
import type { Session } from "../spark/session.ts";
import { isLost } from "./errors.ts";

/** What is known of a table of the Hive Metastore without reading data. Counts are decimal strings, times ISO in UTC. */
export interface HiveDetail {
  of: "hive";
  name: string;
  /** `iceberg`: an Iceberg table that shares the metastore. */
  kind: "table" | "view" | "iceberg";
  format: string;
  columns: number;
  partitionColumns: string[];
  /** Comes after the rest, since Hive has to list them to count them. */
  partitions?: number;
  /** Of a transactional table: how many directories of changes a partition has at most. Comes after the rest. */
  deltas?: number;
  /** Known only where Hive or ANALYZE counted. */
  rows?: string;
  bytes?: string;
  changedAt?: string;
  createdAt?: string;
  comment?: string;
  /** For the rule that says what can't be converted, which is not this floor's. */
  hive: HiveTable;
}

/** Everything but the number of partitions. Throws a sentence where there is no such table. */
export async function describeHiveDetail(session: Session, name: TableName): Promise<HiveDetail> {
  const table = await describeHive(session, name).catch(error => {
    throw isHiddenFromSpark(error) ? new SettingsError(hiddenFromSpark(name.table)) : error;
  });
  if (!table)
    throw new SettingsError(
      `There is no table ${name.table} in the Hive database ${name.namespace}: somebody dropped it, or it never was.`,
    );
  const iceberg = isIceberg(table);
  return {
    of: "hive",
    name: name.table,
    kind: iceberg ? "iceberg" : table.type === "VIEW" ? "view" : "table",
    format: iceberg ? "Iceberg" : formatOf(table),
    columns: table.columns.length,
    partitionColumns: table.partition_columns ?? [],
    ...sizeOf(table),
    ...times(table),
    ...(table.comment && { comment: table.comment }),
    hive: trimmed(table, iceberg),
  };
}

function hiddenFromSpark(table: string): string {
  return `The metastore does not show ${table} to Spark's own client. Where it is transactional a job reads it all the same, through HIVE_METASTORE_URI, if the metastore accepts the capabilities ${CAPABILITIES.join(", ")} of the client data-operations-portal.`;
}

/** The same with the number of partitions, where Hive keeps them, and of a transactional table's deltas. */
export async function withPartitions(session: Session, name: TableName, found: HiveDetail): Promise<HiveDetail> {
  const deltas = isTransactional(found.hive) ? await countDeltas(session, found.hive) : undefined;
  const detail = deltas === undefined ? found : { ...found, deltas };
  if (detail.partitionColumns.length === 0) return detail;
  try {
    const rows = await session.command(`show partitions ${sqlName(name)}`);
    return { ...detail, partitions: rows.length };
  } catch (error) {
    if (isLost(error)) throw error;
    return detail; // a table whose partitions only its files know
  }
}

async function countDeltas(session: Session, { location }: HiveTable): Promise<number | undefined> {
  if (!location) return undefined;
  try {
    const folders = new Map<string, Set<string>>();
    for (const file of await session.listFiles([location])) {
      const parts = file.split("/");
      const at = parts.findIndex(isDelta);
      if (at < 0) continue;
      const above = parts.slice(0, at).join("/");
      folders.set(above, (folders.get(above) ?? new Set()).add(parts[at] ?? ""));
    }
    return Math.max(0, ...[...folders.values()].map(names => names.size));
  } catch (error) {
    if (isLost(error)) throw error;
    return undefined; // the plan says what is wrong with the folder
  }
}

/** Whether there are partitions or deltas to count. */
export function hasPartitions({ kind, partitionColumns, hive }: HiveDetail): boolean {
  return kind === "table" && (partitionColumns.length > 0 || isTransactional(hive));
}

function isIceberg({ table_properties: properties, provider }: HiveTable): boolean {
  return properties?.table_type?.toUpperCase() === "ICEBERG" || provider?.toLowerCase() === "iceberg";
}

function times({ table_properties: properties, created_time: created = "" }: HiveTable) {
  const changed = Number(properties?.transient_lastDdlTime);
  return {
    ...(changed > 0 && { changedAt: new Date(changed * 1000).toISOString() }),
    ...(Date.parse(created) > 0 && { createdAt: new Date(created).toISOString() }),
  };
}

// Thousands of these are kept: without the texts of views and the schema that Iceberg writes into its properties.
function trimmed(table: HiveTable, iceberg: boolean): HiveTable {
  const trimmedTable = Object.fromEntries(
    KEPT.flatMap(key => (table[key] === undefined ? [] : [[key, table[key]]])),
  ) as unknown as HiveTable;
  return iceberg ? { ...trimmedTable, table_properties: { table_type: "ICEBERG" } } : trimmedTable;
}

const KEPT = [
  ...(["columns", "type", "provider", "location", "serde_library", "input_format", "table_properties"] as const),
  ...(["storage_properties", "partition_columns", "num_buckets", "bucket_columns"] as const),
];
