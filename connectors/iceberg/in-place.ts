import { SparkError } from "../spark/errors.ts";
import type { DataType } from "../spark/protocol/types.ts";
import type { Session } from "../spark/session.ts";
import { propertyList } from "./layout/create.ts";
import { withSpellings } from "./name-mapping.ts";
import { quote, sparkCatalog, sparkLiteral, sqlName, type TableName } from "./names.ts";
import { plainPath } from "./source-files.ts";

const MAPPING = "schema.name-mapping.default";

/** Says that Iceberg must never delete a data file of a table: they belong to somebody else. */
export const KEEPS_FILES = "gc.enabled";

/** Makes an Iceberg table over the data files of a Hive table. Copies none of them; they must stay where they are. */
export async function tableOverFiles(
  session: Session,
  source: TableName,
  into: TableName,
  { location, properties }: { location?: string; properties: Readonly<Record<string, string>> },
): Promise<void> {
  const pairs = Object.entries(properties).flatMap(pair => pair.map(sparkLiteral));
  const given = [
    `source_table => ${sparkLiteral(sqlName(source))}`,
    `table => ${sparkLiteral(sqlName(into))}`,
    ...(location ? [`location => ${sparkLiteral(location)}`] : []),
    `properties => map(${pairs.join(", ")})`,
  ];
  await session.command(`call ${quote(sparkCatalog(into.catalog))}.system.snapshot(${given.join(", ")})`);
}

/** Lets a table find its columns however its files spell them. `format` is that of most of them. */
export async function mapSpellings(
  session: Session,
  into: TableName,
  files: { format: string; paths: readonly string[] },
): Promise<void> {
  if (files.paths.length === 0 || !/^(parquet|orc)$/.test(files.format)) return;
  const rows = await session.command(`show tblproperties ${sqlName(into)}`);
  const mapping = rows.find(row => row.key === MAPPING)?.value;
  const found = await columnsInFiles(session, files);
  if (typeof mapping !== "string" || !found) return;
  const mapped = withSpellings(mapping, found);
  if (mapped === withSpellings(mapping, NOTHING)) return;
  await session.command(`alter table ${sqlName(into)} set tblproperties (${propertyList([[MAPPING, mapped]])})`);
}

const NOTHING: DataType = { kind: "struct", fields: [] };
const CASE = "spark.sql.caseSensitive";

// Two files may spell one column in two ways. Where their types differ too, Spark can't say what all have together.
async function columnsInFiles(
  session: Session,
  files: { format: string; paths: readonly string[] },
): Promise<DataType | undefined> {
  const { [CASE]: before = "false" } = await session.config.get([CASE]);
  await session.config.set({ [CASE]: "true" });
  try {
    for (const mergeSchema of [true, false])
      try {
        return await session.fileSchema({ ...files, mergeSchema });
      } catch (error) {
        if (!(error instanceof SparkError)) throw error;
      }
    return undefined;
  } finally {
    await session.config.set({ [CASE]: before });
  }
}

/** The data files of an Iceberg table, without escapes, how many of them hold no rows, and their bytes. */
export async function filesOfTable(
  session: Session,
  table: TableName,
): Promise<{ files: Set<string>; empty: number; bytes: string }> {
  const columns = "file_path, record_count = 0 as empty, file_size_in_bytes as bytes";
  const rows = await session.query(`select ${columns} from ${sqlName(table)}.files`);
  return {
    files: new Set(rows.map(row => plainPath(String(row.file_path)))),
    empty: rows.filter(row => row.empty).length,
    bytes: String(rows.reduce((sum, row) => sum + BigInt(String(row.bytes)), 0n)),
  };
}

/** Where the tables of a namespace lie, if its catalog says so. */
export async function locationOfNamespace(
  session: Session,
  { catalog, namespace }: Pick<TableName, "catalog" | "namespace">,
): Promise<string | undefined> {
  const rows = await session.command(`describe namespace extended ${quote(sparkCatalog(catalog))}.${quote(namespace)}`);
  const found = rows.find(row => row.info_name === "Location")?.info_value;
  return found ? String(found) : undefined;
}
