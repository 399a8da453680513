import { z } from "zod";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import type { Settings } from "../../core/settings.ts";
import type { JobType } from "../engine.ts";
import { countTables, requestedTables, restrictTables, tablesShape } from "../runner/requested-tables.ts";

const shape = z.strictObject({
  namespace: z.string().min(1, "expected the namespace of the tables"),
  tables: tablesShape,
  from: z.string().default("azure"),
  database: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  ifExists: z.enum(["refresh", "replace"]).default("refresh"),
});

/** What a `register-snowflake` job asks for. */
export type RegisterSnowflake = z.infer<typeof shape>;

/**
 * Where a table goes in Snowflake: what the job says, else the settings; else a schema of the namespace's name, so that
 * tables of one name in two namespaces stay two tables.
 */
export function targetOf(parameters: RegisterSnowflake, settings: Settings, table: string): SnowflakeTable {
  return {
    database: parameters.database ?? settings.SNOWFLAKE_DATABASE ?? "portal",
    schema: parameters.schema ?? settings.SNOWFLAKE_SCHEMA ?? parameters.namespace,
    table,
  };
}

/** Iceberg tables on Azure as tables of Snowflake. */
export const registerSnowflake: JobType<RegisterSnowflake> = {
  type: "register-snowflake",
  lane: "light",
  undoable: true,
  shape,
  title: ({ tables, namespace }) => `Register ${countTables(tables)} of ${namespace} on Snowflake`,
  writes: (parameters, settings) => {
    const names = parameters.tables === "*" ? [] : requestedTables(parameters.tables).map(({ name }) => name);
    if (names.length > 0) return names.map(name => snowflakeName(targetOf(parameters, settings, name)));
    return [snowflakeName(targetOf(parameters, settings, "x")).replace(/\.X$/, ".*")];
  },
  retryParameters: (parameters, tables) => ({ ...parameters, tables: restrictTables(parameters.tables, tables) }),
};
