import { done, type StatementResult, texts } from "./encode.ts";
import { createTable, describeTable, dropTable, information, refreshTable, showTables } from "./iceberg.ts";
import { duckName, tokensOf } from "./lexer.ts";
import { type Bindings, passThrough } from "./pass-through.ts";
import { type Reader, readerOf } from "./reader.ts";
import { exists, missing, unsupported } from "./refusal.ts";
import { findSchema, needWarehouse, type StandInSession, useSchema } from "./session.ts";
import { createVolume, describeVolume } from "./volumes.ts";

/** Runs one statement, or refuses it. */
export async function executeStatement(
  session: StandInSession,
  sql: string,
  bindings: Bindings,
): Promise<StatementResult> {
  const tokens = tokensOf(sql, Object.keys(bindings).length > 0);
  if (tokens[0]?.value === "DESCRIBE") tokens[0].value = "DESC";
  const reader = readerOf(tokens, sql);
  for (const [start, statement] of STATEMENTS) if (reader.take(start)) return statement(reader, session);
  needWarehouse(session);
  return passThrough(session.connection, tokens, bindings, sql);
}

type Statement = (reader: Reader, session: StandInSession) => StatementResult | Promise<StatementResult>;

const STATEMENTS: readonly [string, Statement][] = [
  ["CREATE DATABASE", createDatabase],
  ["DESC DATABASE", (reader, session) => describeSchema(session, [...reader.name(), "PUBLIC"])],
  ["DESC SCHEMA", (reader, session) => describeSchema(session, reader.name())],
  ["CREATE SCHEMA", createSchema],
  ["CREATE EXTERNAL VOLUME", createVolume],
  ["DESC EXTERNAL VOLUME", describeVolume],
  ["CREATE CATALOG INTEGRATION", createIntegration],
  ["DESC CATALOG INTEGRATION", describeIntegration],
  ["CREATE OR REPLACE ICEBERG TABLE", (reader, session) => createTable(reader, session, true)],
  ["CREATE ICEBERG TABLE", (reader, session) => createTable(reader, session, false)],
  ["ALTER ICEBERG TABLE", refreshTable],
  ["DROP ICEBERG TABLE", dropTable],
  ["SHOW ICEBERG TABLES", showTables],
  ["DESC ICEBERG TABLE", describeTable],
  ["DESC TABLE", describeTable],
  ["SELECT SYSTEM$GET_ICEBERG_TABLE_INFORMATION", information],
];

async function createDatabase(reader: Reader, session: StandInSession): Promise<StatementResult> {
  const ifNotExists = reader.take("IF NOT EXISTS");
  const name = reader.name().join(".");
  reader.end();
  const made = await session.lake.createDatabase(name);
  if (!made && !ifNotExists) throw exists("Object", name);
  // As with Snowflake, the session goes on in what it has made.
  if (made) await useSchema(session, name, "PUBLIC");
  return done(made ? `Database ${name} successfully created.` : `${name} already exists, statement succeeded.`);
}

async function describeSchema(session: StandInSession, parts: readonly string[]): Promise<StatementResult> {
  const [schema = "", database = session.database ?? ""] = parts.toReversed();
  await findSchema(session, database, schema);
  return texts(["created_on", "name", "kind"], []);
}

async function createSchema(reader: Reader, session: StandInSession): Promise<StatementResult> {
  const ifNotExists = reader.take("IF NOT EXISTS");
  const [name = "", database = session.database ?? ""] = reader.name().toReversed();
  reader.end();
  await findSchema(session, database, "PUBLIC");
  const found = await findSchema(session, database, name).then(
    () => true,
    () => false,
  );
  if (found && !ifNotExists) throw exists("Object", name);
  await session.connection.run(`create schema if not exists ${duckName(database, name)}`);
  if (!found) await useSchema(session, database, name);
  return done(found ? `${name} already exists, statement succeeded.` : `Schema ${name} successfully created.`);
}

function createIntegration(reader: Reader, { lake: { registry } }: StandInSession): StatementResult {
  const ifNotExists = reader.take("IF NOT EXISTS");
  const name = reader.name().join(".");
  const properties = reader.properties(["CATALOG_SOURCE", "TABLE_FORMAT", "ENABLED", "COMMENT"]);
  reader.end();
  const { CATALOG_SOURCE: source, TABLE_FORMAT: format, ENABLED: enabled } = properties;
  if (source !== "OBJECT_STORE" || format !== "ICEBERG" || enabled !== "TRUE")
    throw unsupported("a catalog integration other than CATALOG_SOURCE=OBJECT_STORE TABLE_FORMAT=ICEBERG ENABLED=TRUE");
  const found = registry.integrations.includes(name);
  if (found && !ifNotExists) throw exists("Integration", name);
  if (!found) registry.integrations.push(name);
  registry.save();
  return done(found ? `${name} already exists, statement succeeded.` : `Integration ${name} successfully created.`);
}

function describeIntegration(reader: Reader, { lake: { registry } }: StandInSession): StatementResult {
  const name = reader.name().join(".");
  reader.end();
  if (!registry.integrations.includes(name)) throw missing("Integration", name);
  const rows = [
    ["ENABLED", "Boolean", "true", "false"],
    ["CATALOG_SOURCE", "String", "OBJECT_STORE", ""],
    ["TABLE_FORMAT", "String", "ICEBERG", ""],
  ];
  return texts(["property", "property_type", "property_value", "property_default"], rows);
}
