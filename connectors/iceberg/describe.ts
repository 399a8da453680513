import { refusalIn } from "../hive/client-version.ts";
import { withCauses } from "../spark/describe-error.ts";
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
  /** The SQL of a view. */
  view_text?: string;
  /** `Spark 4.1.3`; of what Hive made, `Spark 2.2 or prior`. */
  created_by?: string;
  /** What was set in the session of Spark that made the view; Hive keeps nothing of the kind. */
  view_creation_spark_configuration?: Record<string, string>;
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

/** Whether the metastore does not show a table to Spark's own client: those of Hive 3 and Cloudera ask for capabilities that it does not name. */
export function isHiddenFromSpark(error: unknown): boolean {
  return error instanceof SparkError && HIDDEN.test(withCauses(error));
}

/** Whether a metastore of Hive 4 lacks the calls of Spark's own client, or of Iceberg's. */
export function isOfNewerHive(error: unknown): boolean {
  return error instanceof SparkError && refusalIn(withCauses(error)) !== undefined;
}

const HIDDEN = /does not appear to support insert-only tables|Processor has no capabilities/;

/** How a person calls a table's format: `Parquet`, `ORC`, `text`, … */
export function formatOf(table: HiveTable): string {
  if (table.type === "VIEW") return "view";
  if (table.provider && table.provider !== "hive") return table.provider;
  const format = /(parquet|orc|avro|rcfile|sequencefile|json|opencsv|text)/i.exec(
    `${table.serde_library} ${table.input_format}`,
  );
  return FORMATS[format?.[1]?.toLowerCase() ?? ""] ?? "unknown format";
}

/** Whether Hive keeps a table's changes beside its rows: Spark's own client reads such a table wrongly, and says nothing. */
export function isTransactional({ table_properties: properties }: Pick<HiveTable, "table_properties">): boolean {
  return properties?.transactional?.toLowerCase() === "true";
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

/** How many files of a snapshot delete rows by their values and not by their positions. Reads metadata only. */
export async function equalityDeletes(session: Session, table: TableName, snapshot: string): Promise<number> {
  return await counted(session, `${sqlName(table)}.delete_files version as of ${snapshot}`);
}

/** The same of what is current. */
export async function equalityDeletesNow(session: Session, table: TableName): Promise<number> {
  return await counted(session, `${sqlName(table)}.delete_files`);
}

async function counted(session: Session, files: string): Promise<number> {
  // Rows, of which there mostly are none: Spark takes twice as long to count them.
  return (await session.query(`select content from ${files} where content = 2`)).length;
}
