import type { SnowflakeAddress } from "./address.ts";
import { identifier, snowflakeLiteral } from "./names.ts";

/** What Snowflake needs to reach the tables: an external volume, a catalog integration, a place to register in. */
export interface RequiredSetup extends Pick<SnowflakeAddress, "volume" | "integration" | "database" | "schema"> {
  role?: string | undefined;
  warehouse?: string | undefined;
  azure: { account: string; container: string; tenant?: string | undefined };
  /** Each namespace is registered in a schema of its own name, made where it is not there. */
  schemaByNamespace?: boolean;
}

/** One thing that has to be there: how Snowflake calls it, and how it is made. */
export interface Need {
  what: string;
  make: string;
}

/** Everything that has to be there, in the order in which it is made. */
export function setupStatements(required: RequiredSetup): {
  database: Need;
  schema: Need;
  volume: Need;
  integration: Need;
} {
  const { account, container, tenant = NO_TENANT } = required.azure;
  const need = (kind: string, name: string, rest = "") => ({
    what: `${kind} ${name}`,
    make: `CREATE ${kind} IF NOT EXISTS ${name}${rest}`,
  });
  const database = identifier(required.database);
  return {
    database: need("DATABASE", database),
    schema: need("SCHEMA", `${database}.${identifier(required.schema)}`),
    volume: need(
      "EXTERNAL VOLUME",
      identifier(required.volume),
      `
  STORAGE_LOCATIONS = ((
    NAME = ${snowflakeLiteral(container)}
    STORAGE_PROVIDER = 'AZURE'
    STORAGE_BASE_URL = ${snowflakeLiteral(`azure://${account}.blob.core.windows.net/${container}/`)}
    AZURE_TENANT_ID = ${snowflakeLiteral(tenant)}
  ))
  ALLOW_WRITES = FALSE`,
    ),
    integration: need(
      "CATALOG INTEGRATION",
      identifier(required.integration),
      "\n  CATALOG_SOURCE = OBJECT_STORE\n  TABLE_FORMAT = ICEBERG\n  ENABLED = TRUE",
    ),
  };
}

/** Everything that an administrator runs once, in order. */
export function setupScript(required: RequiredSetup): string {
  const { database, schema, volume, integration } = setupStatements(required);
  const to = `TO ROLE ${required.role ? identifier(required.role) : "<role>"}`;
  const warehouse = required.warehouse && identifier(required.warehouse);
  const statements = [
    "USE ROLE ACCOUNTADMIN",
    ...[database, schema, volume, integration].map(need => need.make),
    `GRANT USAGE${required.schemaByNamespace ? ", CREATE SCHEMA" : ""} ON ${database.what} ${to}`,
    `GRANT USAGE, CREATE TABLE, CREATE ICEBERG TABLE ON ${schema.what} ${to}`,
    `GRANT USAGE ON ${volume.what} ${to}`,
    `GRANT USAGE ON ${integration.what.replace("CATALOG ", "")} ${to}`,
    ...(warehouse ? [`GRANT USAGE ON WAREHOUSE ${warehouse} ${to}`] : []),
    `-- Then open the AZURE_CONSENT_URL of this answer once as an administrator of Azure, and give the application
-- AZURE_MULTI_TENANT_APP_NAME the role "Storage Blob Data Reader" on the storage account ${required.azure.account}.
DESC ${volume.what}`,
  ];
  return statements.map(statement => `${statement};`).join("\n");
}

/** Stands where the tenant has to be written in by hand. */
export const NO_TENANT = "<the tenant id of your Azure directory>";
