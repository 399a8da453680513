import { SparkError } from "../spark/errors.ts";
import type { Session } from "../spark/session.ts";
import { quote, sqlName, type TableName } from "./names.ts";

/** A column's type as Spark's `DESCRIBE … AS JSON` tells it; nested types have members of their own. */
export interface HiveType {
  name: string;
  fields?: { name: string; type: HiveType }[];
  element_type?: HiveType;
  key_type?: HiveType;
  value_type?: HiveType;
}

/** What the Hive Metastore knows of a table or view. */
export interface HiveTable {
  columns: { name: string; type: HiveType; comment?: string }[];
  type: "MANAGED" | "EXTERNAL" | "VIEW";
  provider?: string;
  location?: string;
  comment?: string;
  serde_library?: string;
  input_format?: string;
  table_properties?: Record<string, string>;
  storage_properties?: Record<string, string>;
  partition_columns?: string[];
  num_buckets?: number;
  bucket_columns?: string[];
  /** What Hive or ANALYZE counted; Spark shows Hive's `numRows` and `totalSize` here, not among the properties. */
  statistics?: { size_in_bytes?: number; num_rows?: number };
  created_time?: string;
}

/** The names of a Hive database's tables and views, in order. */
export async function listHive(session: Session, database: string): Promise<string[]> {
  const rows = await session.command(`show tables in spark_catalog.${quote(database)}`);
  return rows
    .filter(row => row.isTemporary !== true)
    .map(row => String(row.tableName))
    .sort();
}

/** What Hive knows of a table, or undefined where there is none of that name. */
export async function describeHive(session: Session, name: TableName): Promise<HiveTable | undefined> {
  try {
    const [row] = await session.command(`describe table extended ${sqlName(name)} as json`);
    return JSON.parse(String(row?.json_metadata)) as HiveTable;
  } catch (error) {
    if (error instanceof SparkError && error.errorClass === "TABLE_OR_VIEW_NOT_FOUND") return undefined;
    throw error;
  }
}

/** How a person calls a table's format: `Parquet`, `ORC`, `text`, … */
export function formatOf(table: HiveTable): string {
  if (table.type === "VIEW") return "view";
  if (table.provider && table.provider !== "hive") return table.provider;
  const format = /(parquet|orc|avro|rcfile|sequencefile|json|opencsv|text)/i.exec(
    `${table.serde_library} ${table.input_format}`,
  );
  return FORMATS[format?.[1]?.toLowerCase() ?? ""] ?? "unknown format";
}

/** Rows and bytes, where Hive or ANALYZE counted them; 0 and -1 mean unknown. */
export function sizeOf({ statistics: { num_rows = 0, size_in_bytes = 0 } = {} }: HiveTable) {
  return {
    ...(num_rows > 0 && { rows: String(num_rows) }),
    ...(size_in_bytes > 0 && { bytes: String(size_in_bytes) }),
  };
}

const FORMATS: Record<string, string> = {
  parquet: "Parquet",
  orc: "ORC",
  avro: "Avro",
  rcfile: "RCFile",
  sequencefile: "SequenceFile",
  json: "JSON",
  opencsv: "CSV",
  text: "text",
};
