import { HiveError } from "../../../connectors/hive/address.ts";
import {
  describeHive,
  type HiveTable,
  isHiddenFromSpark,
  isOfNewerHive,
  isTransactional,
} from "../../../connectors/iceberg/describe.ts";
import { copiedColumns, type TableColumn } from "../../../connectors/iceberg/layout/columns.ts";
import { quote, sqlName, type TableName } from "../../../connectors/iceberg/names.ts";
import { SourceMissing } from "../../../connectors/iceberg/source-files.ts";
import { KerberosError } from "../../../connectors/kerberos/kerberos-error.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { DataType } from "../../../connectors/spark/protocol/types.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";
import { type PlanContext, StepFailed } from "../../engine.ts";
import { isUnavailable, jobErrorOf } from "../../runner/job-error.ts";
import type { HiveSource } from "../hive-source.ts";
import { danglingRefusal, describeRefusal, refusal, schemaRefusal, sourceRefusal } from "../refusals.ts";
import { asHiveTable, type TransactionalTable, type TransactionalTables } from "../transactional/metastore.ts";
import { tablesOf } from "../view-tables.ts";
import { asHiveMeans } from "./as-hive-means.ts";

/** A table or view of Hive with the columns that Hive reads, and what a plan says of them. */
export interface ReadableSource {
  origin: HiveSource;
  columns: TableColumn[];
  notes: string[];
}

/** Why a source can't be read. One that is `missing` is not there at all. */
export interface UnreadableSource {
  refused: JobError;
  missing?: true;
}

/** How a source is looked at. */
export interface SourceOptions extends Pick<PlanContext, "settings"> {
  /** Reads transactional tables; without it `refuse` has to refuse them. */
  transactional?: TransactionalTables;
  /** What else speaks against a table. */
  refuse?(table: HiveTable): JobError | undefined;
}

/** Looks at a table or view of Hive: how its values are read as Hive means them, or why they can't be. Throws what is no fault of the table. */
export async function findHiveSource(
  session: Session,
  source: TableName,
  { settings, transactional, refuse }: SourceOptions,
): Promise<ReadableSource | UnreadableSource> {
  const { namespace: database, table } = source;
  const read = session.schema(`select * from ${sqlName(source)}`);
  read.catch(() => undefined); // why it can't be read is told first
  const hive = await describeSource(session, source, transactional);
  if (!hive) return noTable(database, table);
  const no = refusal(database, table, hive) ?? refuse?.(hive);
  if (no) return { refused: no };
  const origin: HiveSource = { name: source, table: hive };
  if (hive.type === "VIEW") origin.tables = await tablesOf(session, source);
  const unread = origin.tables?.map(({ name, table: one }) => sourceRefusal(name.namespace, name.table, one));
  const why = unread?.find(found => found !== undefined);
  if (why) return { refused: { ...why, message: `The view ${table} can't be read: ${why.message}` } };
  if (transactional && isTransactional(hive)) {
    const planned = await transactional.plan(session, database, table);
    if (!planned) return noTable(database, table);
    origin.transactional = { planned, tables: transactional };
    origin.table = asHiveTable(planned.table);
  }
  const schema = origin.transactional ? schemaOf(origin.transactional.planned) : await read;
  const badSchema = schemaRefusal(database, table, schema);
  if (badSchema) return { refused: badSchema };
  const comments = Object.fromEntries(origin.table.columns.map(column => [column.name, column.comment]));
  const found = copiedColumns(schema, comments).map(column => (origin.transactional ? padded(column) : column));
  const meant = await asHiveMeans(session, { settings }, origin, await withoutLength(session, found));
  if ("refused" in meant) return { refused: meant.refused };
  const notes = [...(origin.transactional?.planned.notes ?? []), ...meant.notes];
  return { origin, columns: meant.columns, notes };
}

/** What an error says of the table that was looked at; undefined where it is no fault of the table. */
export function readingRefusal({ namespace: database, table }: TableName, error: unknown): JobError | undefined {
  if (error instanceof StepFailed || error instanceof SourceMissing) return jobErrorOf(error);
  if (error instanceof KerberosError || (error instanceof HiveError && !error.unavailable)) return jobErrorOf(error);
  if (!(error instanceof SparkError) || isUnavailable(error)) return undefined;
  return describeRefusal(database, table, error) ?? danglingRefusal(table, error) ?? jobErrorOf(error);
}

/** A column as Hive shows it: its readers give a partition that has no value the word by which its folder is called, where the column is text. */
export function withPartitionValue(column: TableColumn, { partition_columns = [] }: HiveTable): TableColumn {
  if (!partition_columns.includes(column.name) || !/^(string|char|varchar)$/.test(column.source.kind)) return column;
  return { ...column, expression: `nullif(${column.expression ?? quote(column.name)}, '__HIVE_DEFAULT_PARTITION__')` };
}

// What Spark's client can't describe the metastore may tell by itself.
async function describeSource(
  session: Session,
  name: TableName,
  transactional: TransactionalTables | undefined,
): Promise<HiveTable | undefined> {
  try {
    return await describeHive(session, name);
  } catch (error) {
    if (!isHiddenFromSpark(error) && !isOfNewerHive(error)) throw error;
    const table = await transactional?.describe(name.namespace, name.table).catch(() => undefined);
    const found = table && asHiveTable(table);
    if (found && isTransactional(found)) return found;
    throw error;
  }
}

function schemaOf({ columns }: TransactionalTable): DataType {
  const fields = columns.map(({ name, type, declared }) => ({
    ...{ name, type, nullable: true },
    ...(declared && { metadata: { __CHAR_VARCHAR_TYPE_STRING: declared } }),
  }));
  return { kind: "struct", fields };
}

// ORC keeps a char without the blanks at its end, which Hive and Spark's own tables show.
function padded(column: TableColumn): TableColumn {
  const [, length] = /^char\((\d+)\)$/i.exec(column.declared ?? "") ?? [];
  return length === undefined ? column : { ...column, expression: `rpad(${quote(column.name)}, ${length}, ' ')` };
}

// Of text that is declared with a length, Spark 4.0 can't write the bare column into one without: its plan becomes invalid.
async function withoutLength(session: Session, columns: readonly TableColumn[]): Promise<TableColumn[]> {
  const isBare = ({ declared, source, expression }: TableColumn) =>
    declared !== undefined && source.kind === "string" && expression === undefined;
  if (!columns.some(isBare) || !/^4\.0\./.test(await session.version())) return [...columns];
  return columns.map(column => (isBare(column) ? { ...column, expression: `concat(${quote(column.name)})` } : column));
}

function noTable(database: string, table: string): UnreadableSource {
  const message = `There is no table ${table} in the Hive database ${database}.`;
  return { refused: { message, hint: `List what is there with: show tables in ${quote(database)}` }, missing: true };
}
