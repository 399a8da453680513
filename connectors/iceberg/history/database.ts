import type { TableName } from "../names.ts";

/** The metadata file that a table stands on, and the one that it is to stand on, by their full paths. */
export interface MetadataMove {
  from: string;
  to: string;
}

/** The database of Iceberg's JDBC catalog, as `catalogs.json` names it. */
export interface CatalogDatabase {
  /** `jdbc:postgresql://…`, `jdbc:sqlite:…`. */
  uri: string;
  user?: string;
  password?: string;
}

const TABLE = "iceberg_tables";
const VALUES = (at: (position: number) => string) =>
  `UPDATE ${TABLE} SET metadata_location = ${at(1)}, previous_metadata_location = ${at(2)} WHERE catalog_name = ${at(3)} ` +
  `AND table_namespace = ${at(4)} AND table_name = ${at(5)} AND metadata_location = ${at(6)}`;

/** Whether a catalog's database is one that is reached from here. */
export function isReachable({ uri }: CatalogDatabase): boolean {
  return /^jdbc:(sqlite|postgresql):/.test(uri);
}

/** Moves a table to another metadata file in one statement, if it still stands on the one that is expected. */
export async function moveInDatabase(
  database: CatalogDatabase,
  { catalog, namespace, table }: TableName,
  { from, to }: MetadataMove,
): Promise<boolean> {
  const values = [to, from, catalog, namespace, table, from];
  return database.uri.startsWith("jdbc:sqlite:")
    ? await moveInSqlite(database.uri.slice("jdbc:sqlite:".length), values)
    : await moveInPostgres(database, values);
}

async function moveInSqlite(address: string, values: readonly string[]): Promise<boolean> {
  const { DatabaseSync } = await import("node:sqlite");
  const file = decodeURI(address.replace(/^file:/, "").replace(/\?.*$/, ""));
  const database = new DatabaseSync(file, { timeout: 30_000 });
  try {
    return Number(database.prepare(VALUES(() => "?")).run(...values).changes) === 1;
  } finally {
    database.close();
  }
}

async function moveInPostgres({ uri, user, password }: CatalogDatabase, values: readonly string[]): Promise<boolean> {
  const { Client } = (await import("pg")).default;
  const address = new URL(uri.replace(/^jdbc:/, ""));
  // What JDBC calls sslmode is understood; its other options are a driver's own.
  const mode = address.searchParams.get("sslmode");
  const client = new Client({
    host: address.hostname,
    port: Number(address.port || 5432),
    database: decodeURIComponent(address.pathname.slice(1)),
    user: user ?? address.searchParams.get("user") ?? undefined,
    password: password ?? address.searchParams.get("password") ?? undefined,
    ...(mode && mode !== "disable" && { ssl: { rejectUnauthorized: mode.startsWith("verify") } }),
    connectionTimeoutMillis: 20_000,
    query_timeout: 60_000,
  });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      VALUES(position => `$${position}`),
      [...values],
    );
    return rowCount === 1;
  } finally {
    await client.end();
  }
}
