import type { ReadColumn } from "../../../connectors/hive/acid/views.ts";
import { CAPABILITIES } from "../../../connectors/hive/address.ts";
import type { MetastoreTable } from "../../../connectors/hive/metastore/metastore.ts";
import { quote } from "../../../connectors/iceberg/names.ts";
import { ddl } from "../../../connectors/spark/protocol/types.ts";
import { StepFailed } from "../../engine.ts";

/** Why a transactional table can't be read as Hive reads it, each with the way out. */
export function refuse({ database, name, inputFormat, properties }: MetastoreTable) {
  const table = `${quote(database)}.${quote(name)}`;
  const copy = `Copy it in Hive first: create external table ${quote(`${name}_export`)} stored as orc as select * from ${table}`;
  const major = `Compact it in Hive first: alter table ${table} compact 'major'`;
  const because = (message: string, hint: string) => new StepFailed({ message, hint });
  return {
    format: (why?: string) =>
      because(
        properties.transactional_properties === "insert_only"
          ? `${name} is a transactional table, and ${why ?? `its format (${inputFormat}) is not read here: ORC, Parquet and plain text are`}.`
          : `${name} is a transactional table that is read by ${inputFormat}; only ORC can hold updates and deletes.`,
        copy,
      ),
    textType: (columns: readonly ReadColumn[]) =>
      because(
        `${name} keeps its rows as text, and ${columns.map(column => `${column.name} (${ddl(column.type)})`).join(", ")} can't all be read from text as Hive does.`,
        copy,
      ),
    type: (columns: readonly { name: string; type: string }[]) =>
      because(
        `${name} has a column of a type that Spark does not know: ${columns.map(column => `${column.name} ${column.type}`).join(", ")}.`,
        copy.replace("select *", "select …"),
      ),
    hidden: (needed: readonly string[]) =>
      because(
        `The metastore hides the rows of ${name} from clients that lack the capability ${needed.join(", ") || "to read transactional tables"}.`,
        `Let the user of the portal read the table in Ranger, and let the metastore's translation accept the capabilities ${CAPABILITIES.join(",")} of the client data-operations-portal. Or copy it first: create external table ${quote(`${name}_export`)} stored as orc as select * from ${table}`,
      ),
    unfinished: (files: readonly string[]) =>
      because(
        `A streaming program is writing to ${name} right now: ${files[0]}${files.length > 1 ? ` and ${files.length - 1} more files` : ""} can't be read before it is closed.`,
        "Run the job again when the program has closed its transactions.",
      ),
    history: (folder: string, why: string) =>
      because(
        `${name} can't be read as of now in ${folder}: ${why}.`,
        "Run the job again when the open transactions have ended (show transactions tells which are open).",
      ),
    tooManyFiles: (files: number) => because(`${name} consists of ${files} files, more than are read at once.`, major),
    inPlace: (rows: number) =>
      because(
        `${name} has ${rows} rows that an old Hive changed in place, which only Hive can put together. Nothing was published.`,
        major,
      ),
    oddText: (rows: number) =>
      because(
        `${name} has ${rows} values of text that are of no usual form for their type, which Hive and Spark may read differently. Nothing was published.`,
        copy,
      ),
    largeOriginal: (file: string, gigabytes: number) =>
      because(
        `Rows are deleted from ${file}, which is from before ${name} was transactional and has ${gigabytes} GB: such rows are told by their place, and one task would have to count through all of it.`,
        major,
      ),
    oddOriginal: (file: string) =>
      because(
        `Rows are deleted from ${file}, which is from before ${name} was transactional and has a name that Hive does not give: its rows can't be told apart.`,
        major,
      ),
    views: (view: string) =>
      because(`${view} reads the transactional table ${name}, which Spark reads wrongly in a view.`, copy),
  };
}

/** What stands in the way where the metastore itself can't tell which rows are valid. */
export function oldMetastore(database: string, name: string): StepFailed {
  return new StepFailed({
    message: `${name} is transactional, and the metastore can't say which of its rows are valid: it is of Hive 2 or older, or has no transactions switched on. Spark would read the table without complaint, and wrongly.`,
    hint: `Copy it in Hive first: create external table ${quote(`${name}_export`)} stored as orc as select * from ${quote(database)}.${quote(name)}`,
  });
}
