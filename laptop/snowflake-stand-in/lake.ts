import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { startAvroNames } from "./avro-names.ts";
import type { Configuration } from "./configuration.ts";
import { duckName, duckText } from "./lexer.ts";
import { invalid } from "./refusal.ts";
import { openRegistry, type Registry } from "./registry.ts";

/** The databases, the Azure storage and the registered tables, as every session shares them. */
export interface Lake {
  registry: Registry;
  account: string;
  connect(): Promise<DuckDBConnection>;
  /** Makes a database; false if it is there already. */
  createDatabase(name: string): Promise<boolean>;
  hasDatabase(name: string): boolean;
}

/** Opens DuckDB with a file for each database, able to read tables in Azurite and nothing else. */
export async function openLake({ folder, azure, extensions }: Configuration): Promise<Lake> {
  const databases = join(folder, "databases");
  mkdirSync(databases, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(":memory:");
  const root = await instance.connect();
  const known = () => readdirSync(databases).flatMap(file => /^(.+)\.duckdb$/.exec(file)?.[1] ?? []);
  const attach = async (name: string) => {
    await root.run(`attach ${duckText(join(databases, `${name}.duckdb`))} as ${duckName(name)}`);
    await root.run(`create schema if not exists ${duckName(name, "PUBLIC")}`);
  };
  await root.run("set allow_persistent_secrets=false");
  for (const path of extensions) await root.run(`load ${duckText(path)}`);
  const way = await startAvroNames(azure.endpoint);
  await root.run(azureSecret(azure, way)).catch(() => {
    // What DuckDB says may hold the statement, and with it the key.
    throw new Error(`DuckDB did not take the storage account ${azure.account}: are its extensions complete?`);
  });
  for (const name of known()) await attach(name);
  await root.run("set global TimeZone='UTC'");
  // A file that is gone must fail the query, not come from memory.
  await root.run("set global enable_external_file_cache=false");
  await root.run(`set allowed_directories=['abfss://', ${duckText(`${databases}/`)}]`);
  await root.run("set enable_external_access=false");
  await root.run("set lock_configuration=true");
  return {
    registry: openRegistry(folder),
    account: azure.account,
    connect: async () => {
      const connection = await instance.connect();
      for (const macro of MACROS) await connection.run(`create temp macro ${macro}`);
      return connection;
    },
    hasDatabase: name => known().includes(name),
    createDatabase: async name => {
      if (known().includes(name)) return false;
      if (!/^[A-Z_][A-Z0-9_$]*$/.test(name))
        throw invalid(`a database's name has capitals, digits and _, not "${name}".`);
      await attach(name);
      return true;
    },
  };
}

/** Snowflake's functions that DuckDB lacks. */
const MACROS = [
  "parse_json(x) as x::json",
  "iff(c, a, b) as case when c then a else b end",
  "nvl(a, b) as coalesce(a, b)",
  "convert_timezone(zone, x) as case zone when 'UTC' then x else error('only UTC, in the local stand-in') end",
  `to_varchar(x, f) as case f when 'YYYY-MM-DD' then strftime(x, '%Y-%m-%d')
    when 'YYYY-MM-DD HH24:MI:SS.FF6' then strftime(x, '%Y-%m-%d %H:%M:%S.%f')
    else error('the local stand-in does not know the format ' || f) end`,
];

/** What tells DuckDB of Azurite: as a proxy, so that tables keep the addresses that they have in Azure, and no name is looked up. */
export function azureSecret({ account, key }: Configuration["azure"], way: string): string {
  const parts = [
    "DefaultEndpointsProtocol=http",
    `AccountName=${account}`,
    `AccountKey=${key}`,
    `BlobEndpoint=http://${account}.blob.core.windows.net`,
  ];
  const text = duckText(`${parts.join(";")};`);
  return `create secret azurite (type azure, connection_string ${text}, http_proxy ${duckText(way)})`;
}
