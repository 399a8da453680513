import { randomBytes } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ROLE, WAREHOUSE } from "./configuration.ts";
import type { Lake } from "./lake.ts";
import { duckName, duckText, namesIn } from "./lexer.ts";
import { missing, SqlError } from "./refusal.ts";

/** What one login has: a connection of its own, and where unqualified names are looked up. */
export interface StandInSession {
  token: string;
  lake: Lake;
  connection: DuckDBConnection;
  database: string | null;
  schema: string | null;
  warehouse: string | null;
  role: string;
  /** Its statements run one after the other; this is the last of them. */
  last: Promise<unknown>;
}

/** What a client may ask for as it logs in. */
export interface SessionRequest {
  database: string | null;
  schema: string | null;
  warehouse: string | null;
}

/** Opens a session. As with Snowflake, a database or warehouse that is not there is only missed when it is needed. */
export async function openStandInSession(lake: Lake, wanted: SessionRequest): Promise<StandInSession> {
  const session: StandInSession = {
    token: randomBytes(24).toString("base64url"),
    lake,
    connection: await lake.connect(),
    database: null,
    schema: null,
    warehouse: (wanted.warehouse ?? WAREHOUSE).toUpperCase() === WAREHOUSE ? WAREHOUSE : null,
    role: ROLE,
    last: Promise.resolve(),
  };
  const [database, schema] = [wanted.database, wanted.schema ?? "PUBLIC"].map(name => namesIn(name ?? "").at(-1));
  if (database && schema) await useSchema(session, database, schema).catch(() => undefined);
  return session;
}

/** Makes a schema the one where unqualified names are looked up. */
export async function useSchema(session: StandInSession, database: string, schema: string): Promise<void> {
  await findSchema(session, database, schema);
  await session.connection.run(`use ${duckName(database, schema)}`);
  Object.assign(session, { database, schema });
}

/** A name in its three parts, the session's database and schema filled in. */
export function fullName(session: StandInSession, parts: readonly string[]): [string, string, string] {
  const [name = "", schema = session.schema, database = session.database] = parts.toReversed();
  if (database && schema && parts.length <= 3) return [database, schema, name];
  throw new SqlError("090105", "22000", "Cannot perform this: the session has no current database. Qualify the name.");
}

/** Refuses a database or schema that is not there. */
export async function findSchema(
  { lake, connection }: StandInSession,
  database: string,
  schema: string,
): Promise<void> {
  if (!lake.hasDatabase(database)) throw missing("Database", database);
  const found = await connection.runAndReadAll(
    `select 1 from duckdb_schemas() where database_name = ${duckText(database)} and schema_name = ${duckText(schema)}`,
  );
  if (found.currentRowCount === 0) throw missing("Schema", `${database}.${schema}`);
}

/** Refuses to work without a warehouse, as Snowflake does. */
export function needWarehouse({ warehouse }: StandInSession): void {
  if (!warehouse) throw new SqlError("000606", "57P03", "No active warehouse selected in the current session.");
}
