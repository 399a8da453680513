import type { Row, Session } from "../../spark/session.ts";
import { quote, sparkCatalog, sparkLiteral, sqlName, type TableName } from "../names.ts";

/** A file that a table names, and how long it is where the table says so. */
export interface NamedFile {
  file: string;
  bytes: number;
}

/** What a table's whole history holds, as its metadata tells; nothing of it is read. */
export interface HistorySize {
  snapshots: number;
  files: number;
  bytes: string;
  /** A file that does not lie below the table's location, if there is one. */
  outside?: string;
  /** Files that delete rows by their values. */
  equalityDeletes: number;
}

/** The version of Iceberg that Spark has loaded for a catalog: `1.12.0`. */
export async function icebergVersion(session: Session, catalog: string): Promise<string> {
  const [row] = await session.query(`select ${quote(sparkCatalog(catalog))}.system.iceberg_version() as version`);
  return String(row?.version);
}

/** Counts what a copy of all snapshots would have to bring. */
export async function historySize(session: Session, table: TableName, location: string): Promise<HistorySize> {
  const name = sqlName(table);
  const below = `startswith(file, ${sparkLiteral(`${location.replace(/\/+$/, "")}/`)})`;
  const [row = {}] = await session.query(
    `with live as (select distinct content, file_path as file, file_size_in_bytes as bytes from ${name}.all_data_files
       union select content, file_path, file_size_in_bytes from ${name}.all_delete_files),
     rest as (select path as file from ${name}.all_manifests union select manifest_list from ${name}.snapshots
       where manifest_list is not null)
     select count(*) as files, cast(coalesce(sum(bytes), 0) as string) as bytes,
       count_if(content = 2) as equality,
       coalesce(min(if(${below}, null, file)), (select min(file) from rest where not ${below})) as outside,
       (select count(*) from ${name}.snapshots) as snapshots
     from live`,
  );
  return {
    snapshots: Number(row.snapshots),
    files: Number(row.files),
    bytes: String(row.bytes),
    equalityDeletes: Number(row.equality),
    ...(row.outside && { outside: String(row.outside) }),
  };
}

/** The data and delete files of all snapshots, each once, with the lengths that the manifests say. */
export async function liveFiles(session: Session, table: TableName): Promise<NamedFile[]> {
  const name = sqlName(table);
  const live = (kind: string) => `select file_path as file, file_size_in_bytes as bytes from ${name}.${kind}`;
  return await filesOf(session, `${live("all_data_files")} union ${live("all_delete_files")}`);
}

/** The manifests of all snapshots, each once, with the lengths that the manifest lists say. */
export async function manifests(session: Session, table: TableName): Promise<NamedFile[]> {
  return await filesOf(session, `select distinct path as file, length as bytes from ${sqlName(table)}.all_manifests`);
}

async function filesOf(session: Session, sql: string): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  // A table may have millions.
  const onRows = (rows: Row[]) => {
    for (const { file, bytes } of rows) files.push({ file: String(file), bytes: Number(bytes) });
  };
  await session.query(sql, { onRows });
  return files;
}

/** Where a copy's metadata is prepared: the table, its location as its files begin, the location of the copy. */
export interface Staging {
  table: TableName;
  location: string;
  target: string;
  /** A folder of its own: a second run into the same one fails where there are delete files. */
  folder: string;
  /** The name of the metadata file to copy, so that later commits stay out. */
  version: string;
}

/**
 * Writes all metadata and delete files of a table anew, with the paths that they will have in the copy, into a folder. The
 * list of files to copy that Iceberg writes beside is not used: it lacks live files whose snapshot has expired (iceberg#14458).
 */
export async function stageHistory(
  session: Session,
  { table, location, target, folder, version }: Staging,
  signal: AbortSignal,
): Promise<void> {
  const given = {
    table: `${quote(table.namespace)}.${quote(table.table)}`,
    source_prefix: location,
    target_prefix: target,
    staging_location: folder,
    end_version: version,
  };
  const args = Object.entries(given).map(([name, value]) => `${name} => ${sparkLiteral(value)}`);
  await session.command(`call ${quote(sparkCatalog(table.catalog))}.system.rewrite_table_path(${args.join(", ")})`, {
    signal,
  });
}

/** The files of a staging folder, named from it on: `metadata/00001-….metadata.json`. */
export async function stagedFiles(session: Session, folder: string): Promise<{ name: string; bytes: number }[]> {
  const rows = await session.queryFiles("select path, length from files", { format: "binaryFile", paths: [folder] });
  const own = `${folder.slice(folder.lastIndexOf("/"))}/`;
  return rows
    .map(row => {
      const path = String(row.path);
      return { name: path.slice(path.lastIndexOf(own) + own.length), bytes: Number(row.length) };
    })
    .filter(({ name }) => name !== "file-list");
}
