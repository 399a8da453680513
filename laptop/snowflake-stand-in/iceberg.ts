import { capitals, columnOf, done, type StatementResult, texts, typeName } from "./encode.ts";
import { duckName, duckText, namesIn } from "./lexer.ts";
import { checkMetadata, icebergScan } from "./metadata.ts";
import type { Reader } from "./reader.ts";
import { exists, invalid, missing, unsupported } from "./refusal.ts";
import { findTable, type Registered } from "./registry.ts";
import { findSchema, fullName, type StandInSession } from "./session.ts";

const PROPERTIES = ["EXTERNAL_VOLUME", "CATALOG", "METADATA_FILE_PATH", "COMMENT", "REPLACE_INVALID_CHARACTERS"];

/** `CREATE ICEBERG TABLE` from a metadata file: a view over what that file says. */
export async function createTable(reader: Reader, session: StandInSession, replace: boolean): Promise<StatementResult> {
  const { registry } = session.lake;
  const ifNotExists = reader.take("IF NOT EXISTS");
  const [database, schema, name] = fullName(session, reader.name());
  const properties = reader.properties(PROPERTIES);
  reader.end();
  const old = findTable(registry, [database, schema, name]);
  if (old && ifNotExists) return done(`${name} already exists, statement succeeded.`);
  const full = `${database}.${schema}.${name}`;
  // A table or view of Snowflake's own is not replaced by an Iceberg table here, asked for or not.
  if (old ? !replace : await isTaken(session, [database, schema, name])) throw exists("Object", full);
  await findSchema(session, database, schema);
  const volume = textOf(properties.EXTERNAL_VOLUME, "EXTERNAL_VOLUME").toUpperCase();
  const integration = textOf(properties.CATALOG, "CATALOG").toUpperCase();
  if (!registry.integrations.includes(integration)) throw missing("Integration", integration);
  const path = textOf(properties.METADATA_FILE_PATH, "METADATA_FILE_PATH");
  const { metadata, uuid } = await checkMetadata(session, volume, path);
  const createdAt = new Date().toISOString();
  await publish(session, { database, schema, name, volume, integration, metadata, uuid, createdAt });
  return done(`Table ${name} successfully created.`);
}

/** `ALTER ICEBERG TABLE … REFRESH` to another metadata file of the same table. */
export async function refreshTable(reader: Reader, session: StandInSession): Promise<StatementResult> {
  reader.take("IF EXISTS");
  const table = find(session, reader.name());
  if (!reader.take("REFRESH")) throw unsupported("ALTER ICEBERG TABLE other than REFRESH '<metadata file>'");
  const path = reader.text();
  reader.end();
  const { metadata, uuid } = await checkMetadata(session, table.volume, path);
  if (uuid !== table.uuid)
    throw invalid(`the metadata file is of a table with the UUID ${uuid}, and ${table.name} has ${table.uuid}.`);
  await publish(session, { ...table, metadata });
  return done("Statement executed successfully.");
}

/** `DROP ICEBERG TABLE`: forgets the name; its files stay. */
export async function dropTable(reader: Reader, session: StandInSession): Promise<StatementResult> {
  const { registry } = session.lake;
  const ifExists = reader.take("IF EXISTS");
  const parts = fullName(session, reader.name());
  reader.end();
  const table = findTable(registry, parts);
  if (!table && !ifExists) throw missing("Iceberg table", parts.join("."));
  await session.connection.run(`drop view if exists ${duckName(...parts)}`);
  registry.tables = registry.tables.filter(other => other !== table);
  registry.save();
  return done(`${parts[2]} successfully dropped.`);
}

/** `SHOW ICEBERG TABLES`, by pattern and place. */
export function showTables(reader: Reader, session: StandInSession): StatementResult {
  const pattern = reader.take("LIKE") ? likeness(reader.text()) : /^/;
  const scope = reader.take("IN") && !reader.take("ACCOUNT") ? place(reader, session) : [];
  reader.end();
  const tables = session.lake.registry.tables.filter(
    ({ database, schema, name }) =>
      pattern.test(name) && scope.every((part, i) => part === (i === 0 ? database : schema)),
  );
  const names = "created_on name database_name schema_name owner external_volume_name catalog_name iceberg_table_type";
  return texts(
    names.split(" "),
    tables.map(({ createdAt, name, database, schema, volume, integration }) => [
      ...[createdAt, name, database, schema, session.role, volume, integration, "UNMANAGED"],
    ]),
  );
}

/** `DESC ICEBERG TABLE`, and `DESC TABLE` for any table. */
export async function describeTable(reader: Reader, session: StandInSession): Promise<StatementResult> {
  const parts = fullName(session, reader.name());
  reader.end();
  const found = await session.connection.runAndReadAll(`select * from ${duckName(...parts)} limit 0`);
  const columns = found.columnNames().map((name, i) => columnOf(name, found.columnType(i)));
  const rows = columns.map(column => [capitals(column.name), typeName(column), "COLUMN", "Y", null]);
  return texts(["name", "type", "kind", "null?", "default"], rows);
}

/** `SELECT SYSTEM$GET_ICEBERG_TABLE_INFORMATION('…')`: the metadata file that a table stands on. */
export function information(reader: Reader, session: StandInSession): StatementResult {
  if (!reader.take("(")) throw unsupported("SYSTEM$GET_ICEBERG_TABLE_INFORMATION without a name");
  const name = reader.text();
  reader.take(")");
  const column = reader.take("AS") ? (reader.name()[0] ?? "") : "SYSTEM$GET_ICEBERG_TABLE_INFORMATION";
  reader.end();
  const { metadata } = find(session, namesIn(name));
  return texts([column], [[JSON.stringify({ metadataLocation: metadata, status: "success" })]]);
}

async function isTaken({ connection }: StandInSession, [database, schema, name]: readonly string[]): Promise<boolean> {
  const found = await connection.runAndReadAll(
    `select 1 from information_schema.tables where upper(table_catalog) = upper(${duckText(database ?? "")})
     and upper(table_schema) = upper(${duckText(schema ?? "")}) and upper(table_name) = upper(${duckText(name ?? "")})`,
  );
  return found.getRows().length > 0;
}

async function publish(session: StandInSession, table: Registered): Promise<void> {
  const { registry } = session.lake;
  const name = [table.database, table.schema, table.name] as const;
  await session.connection.run(
    `create or replace view ${duckName(...name)} as select * from ${icebergScan(table.metadata)}`,
  );
  const old = findTable(registry, name);
  registry.tables = [...registry.tables.filter(other => other !== old), table];
  registry.save();
}

function find(session: StandInSession, parts: readonly string[]): Registered {
  const full = fullName(session, parts);
  const table = findTable(session.lake.registry, full);
  if (table) return table;
  throw missing("Iceberg table", full.join("."));
}

function place(reader: Reader, session: StandInSession): string[] {
  if (reader.take("DATABASE")) return reader.name();
  reader.take("SCHEMA");
  return fullName(session, [...reader.name(), ""]).slice(0, 2);
}

function likeness(pattern: string): RegExp {
  const text = pattern.replace(/\\?[\s\S]/g, piece => {
    if (piece === "%") return ".*";
    return piece === "_" ? "." : RegExp.escape(piece.replace(/^\\(?=.)/, ""));
  });
  return new RegExp(`^${text}$`, "is");
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string" && value) return value;
  throw invalid(`CREATE ICEBERG TABLE needs ${name}.`);
}
