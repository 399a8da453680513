import { formatOf, type HiveTable } from "../../../connectors/iceberg/describe.ts";
import { sqlName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import { hasOwnReader, type SourceFiles } from "../../../connectors/iceberg/source-files.ts";
import { withCauses } from "../../../connectors/spark/describe-error.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import { type DataType, ddl } from "../../../connectors/spark/protocol/types.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { StepFailed } from "../../engine.ts";
import { isUnavailable, jobErrorOf } from "../../runner/job-error.ts";
import type { HiveSource } from "../hive-source.ts";
import { classMissing } from "../refusals.ts";

/** How many files are looked into for a type that was changed: one of each folder. */
const MOST_FILES = 100;

/**
 * What a failure to read a table means, told of that table: a class that is missing, or a column whose type is another in the
 * files than in the table. Everything else stays what it is.
 */
export async function explainReading(
  session: Session,
  source: HiveSource,
  listed: SourceFiles | undefined,
  error: unknown,
): Promise<unknown> {
  if (source.tables || !(error instanceof SparkError) || isUnavailable(error)) return error;
  const text = `${error.errorClass ?? ""} ${withCauses(error)}`;
  const missing = MISSING.exec(text);
  const name = missing?.slice(1).find(found => found !== undefined);
  if (missing)
    return new StepFailed(classMissing(tableNameOf(source.name), (name ?? "").replaceAll("/", ".")), { cause: error });
  if (!OTHER_TYPE.test(text)) return error;
  const changed = listed && (await changedColumn(session, source, listed).catch(() => undefined));
  return new StepFailed(changed ? toldByFile(source, changed) : toldByTable(source, error), { cause: error });
}

const MISSING =
  /ClassNotFoundException:?\s*(?:Class )?([\w.$]+)|NoClassDefFoundError:?\s*([\w./$]+)|Compression codec ([\w.$]+) (?:was )?not found|SerDe ([\w.$]+) does not exist/;

const OTHER_TYPE =
  /DATA_TYPE_MISMATCH|ClassCastException|cannot be cast to|cannot be converted|PARQUET_CONVERSION|AvroTypeException|SchemaColumnConvertNotSupported|Unsupported ?OperationException|UnsupportedOperation|ORC does not support type conversion|SchemaEvolution|Cannot inspect/i;

/** A column whose type is another in a file. */
interface Changed {
  column: string;
  inFile: string;
  inTable: string;
  file: string;
  partition?: string;
}

async function changedColumn(
  session: Session,
  { name, table }: HiveSource,
  { files }: SourceFiles,
): Promise<Changed | undefined> {
  if (!hasOwnReader(table)) return undefined;
  const columns = fieldsOf(await session.schema(`select * from ${sqlName(name)}`));
  for (const file of oneOfEachFolder(files)) {
    const found = fieldsOf(await session.fileSchema({ format: formatOf(table).toLowerCase(), paths: [file] }));
    const changed = columns.flatMap(({ name: column, type }) => {
      const inFile = found.find(field => field.name.toLowerCase() === column.toLowerCase())?.type;
      return inFile && !isReadAs(inFile, type) ? [{ column, inFile: ddl(inFile), inTable: ddl(type) }] : [];
    })[0];
    if (changed) return { ...changed, file, ...partitionOf(file, table) };
  }
  return undefined;
}

function fieldsOf(schema: DataType): { name: string; type: DataType }[] {
  return schema.kind === "struct" ? schema.fields : [];
}

function oneOfEachFolder(files: ReadonlySet<string>): string[] {
  const folders = new Map([...files].map(file => [file.slice(0, file.lastIndexOf("/")), file]));
  return [...folders.values()].slice(0, MOST_FILES);
}

function partitionOf(file: string, { partition_columns = [] }: HiveTable): { partition?: string } {
  const folders = file.split("/").slice(-1 - partition_columns.length, -1);
  const isUsual =
    partition_columns.length > 0 && folders.every((folder, i) => folder.startsWith(`${partition_columns[i]}=`));
  return isUsual ? { partition: folders.join("/") } : {};
}

// What widens is read; the rest is what somebody changed.
function isReadAs(inFile: DataType, inTable: DataType): boolean {
  const wider = WIDER[inFile.kind];
  return ddl(inFile).toLowerCase() === ddl(inTable).toLowerCase() || (wider?.includes(inTable.kind) ?? false);
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  byte: ["short", "integer", "long", "float", "double"],
  short: ["byte", "integer", "long", "float", "double"],
  integer: ["byte", "short", "long", "double"],
  float: ["double"],
  binary: ["string", "char", "varchar"],
  string: ["char", "varchar"],
};

function toldByFile({ name }: HiveSource, { column, inFile, inTable, file, partition }: Changed) {
  const where = partition ? `in the partition ${partition}` : `in the file ${file}`;
  return {
    message: `The column ${column} of ${tableNameOf(name)} is ${inFile} ${where}, and the table says ${inTable}: Spark can't read one as the other, and Hive's own reader neither.`,
    hint: `Change the column's type back in Hive, or write ${partition ? "such partitions" : "the table"} anew there.`,
  };
}

function toldByTable({ name, table }: HiveSource, error: SparkError) {
  const { message } = jobErrorOf(error);
  const types = NAMED_TYPES.exec(withCauses(error));
  const detail = types ? ` (${types[1]} in the files, ${types[2]} in the table)` : "";
  return {
    message: `A column of ${tableNameOf(name)} has another type in its ${formatOf(table)} files than in the table${detail}: ${message}`,
    hint: "Change the column's type back in Hive, or write the partitions from before the change anew there.",
  };
}

// `Found string, expecting union`, as Avro says it.
const NAMED_TYPES = /Found (\w+), expecting (\w+)/;
