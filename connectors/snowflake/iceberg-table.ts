import type { SnowflakeRow } from "./connect.ts";
import { identifier, qualified, type SnowflakeTable, snowflakeLiteral, stored } from "./names.ts";

/** What a registered table stands on: names of the account's objects, and a metadata file within the volume. */
export interface IcebergSource {
  volume: string;
  integration: string;
  /** Relative to the volume's base, as `volumePath` gives it. */
  metadataPath: string;
}

/** Registers a table at its metadata file; with `replace` in place of the one that is there, grants and tags lost. */
export function createStatement(table: SnowflakeTable, source: IcebergSource, { replace = false } = {}): string {
  return `CREATE ${replace ? "OR REPLACE " : ""}ICEBERG TABLE ${qualified(table)}
  EXTERNAL_VOLUME = ${snowflakeLiteral(stored(source.volume))}
  CATALOG = ${snowflakeLiteral(stored(source.integration))}
  METADATA_FILE_PATH = ${snowflakeLiteral(source.metadataPath)}`;
}

/** Moves a registered table to a newer metadata file of the same table; grants, tags and views stay. */
export function refreshStatement(table: SnowflakeTable, metadataPath: string): string {
  return `ALTER ICEBERG TABLE ${qualified(table)} REFRESH ${snowflakeLiteral(metadataPath)}`;
}

/** Forgets a registered table; its files stay where they are. */
export function dropStatement(table: SnowflakeTable): string {
  return `DROP ICEBERG TABLE IF EXISTS ${qualified(table)}`;
}

/** Asks which Iceberg tables there are by a table's name; `registeredAs` reads the answer. */
export function showStatement({ database, schema, table }: SnowflakeTable): string {
  const pattern = stored(table).replace(/[\\_%]/g, "\\$&");
  return `SHOW ICEBERG TABLES LIKE ${snowflakeLiteral(pattern)} IN SCHEMA ${identifier(database)}.${identifier(schema)}`;
}

/** How a table is registered, or undefined where it is not. One that is `managed` has its rows in Snowflake's own hands. */
export function registeredAs(rows: readonly SnowflakeRow[], { table }: SnowflakeTable) {
  const row = rows.find(({ name }) => name === stored(table));
  const managed = row?.iceberg_table_type?.toUpperCase() === "MANAGED";
  return row && { volume: row.external_volume_name ?? "", integration: row.catalog_name ?? "", managed };
}

/** Asks for a table's columns: a row each, `name` and `type`. */
export function describeStatement(table: SnowflakeTable): string {
  return `DESCRIBE ICEBERG TABLE ${qualified(table)}`;
}

/** Asks which metadata file a registered table stands on; `metadataLocation` reads the answer. */
export function informationStatement(table: SnowflakeTable): string {
  return `SELECT SYSTEM$GET_ICEBERG_TABLE_INFORMATION(${snowflakeLiteral(qualified(table))}) AS INFORMATION`;
}

/** The metadata file that Snowflake says a table stands on, and how its last refresh went. */
export function informationOf(rows: readonly SnowflakeRow[]): { file?: string; status?: string } {
  const answer = JSON.parse(rows[0]?.INFORMATION ?? "{}") as { metadataLocation?: unknown; status?: unknown };
  const { metadataLocation: file, status } = answer;
  return { ...(typeof file === "string" && { file }), ...(typeof status === "string" && { status }) };
}

/** The metadata file that Snowflake says a table stands on. */
export function metadataLocation(rows: readonly SnowflakeRow[]): string | undefined {
  return informationOf(rows).file;
}

/** Whether two addresses are one file: Snowflake may write azure://, abfss:// or wasbs:// and another of the account's hosts. */
export function isSameFile(one: string, other: string): boolean {
  const a = placeOf(one);
  const b = placeOf(other);
  return a !== undefined && b !== undefined && a.join("/") === b.join("/");
}

/** Whether a file lies in a folder, whatever the scheme and the host that either is written with. */
export function isInside(file: string, folder: string): boolean {
  return folder !== "" && volumePath(file, folder) !== undefined;
}

/** A file's path within a volume, or undefined where it lies outside. */
export function volumePath(file: string, base: string): string | undefined {
  const inside = placeOf(file)?.join("/");
  const folder = placeOf(base)?.join("/").replace(/\/*$/, "/");
  return folder && inside?.startsWith(folder) ? inside.slice(folder.length) : undefined;
}

// Account, container and path of `abfss://container@account.dfs.core.windows.net/path` and `azure://account.blob…/container/path`.
function placeOf(address: string): [string, string, string] | undefined {
  const [, container, host, path = ""] = /^\w+:\/\/([^@/]+)@([^/]+)\/*(.*)$/.exec(address) ?? [];
  if (container && host) return [host.split(".")[0] ?? "", container, path];
  const [, site, folder, rest = ""] = /^\w+:\/\/([^/]+)\/([^/]+)\/*(.*)$/.exec(address) ?? [];
  return site && folder ? [site.split(".")[0] ?? "", folder, rest] : undefined;
}
