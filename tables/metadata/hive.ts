import { SettingsError } from "../../settings.ts";
import type { Session } from "../../spark/session.ts";
import { describeHive, formatOf, type HiveTable, sizeOf } from "../describe.ts";
import { sqlName, type TableName } from "../names.ts";
import { isLost } from "./says.ts";

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
  const table = await describeHive(session, name);
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

/** The same with the number of partitions, where Hive keeps them. */
export async function withPartitions(session: Session, name: TableName, detail: HiveDetail): Promise<HiveDetail> {
  try {
    const rows = await session.command(`show partitions ${sqlName(name)}`);
    return { ...detail, partitions: rows.length };
  } catch (error) {
    if (isLost(error)) throw error;
    return detail; // a table whose partitions only its files know
  }
}

/** Whether there are partitions to count. */
export function hasPartitions({ kind, partitionColumns }: HiveDetail): boolean {
  return kind === "table" && partitionColumns.length > 0;
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
  const kept = Object.fromEntries(
    KEPT.flatMap(key => (table[key] === undefined ? [] : [[key, table[key]]])),
  ) as unknown as HiveTable;
  return iceberg ? { ...kept, table_properties: { table_type: "ICEBERG" } } : kept;
}

const KEPT = [
  ...(["columns", "type", "provider", "location", "serde_library", "input_format", "table_properties"] as const),
  ...(["storage_properties", "partition_columns", "num_buckets", "bucket_columns"] as const),
];
