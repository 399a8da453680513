import { z } from "zod";
import type { Settings } from "../../settings.ts";
import { nameOf, type SnowflakeTable } from "../../snowflake/names.ts";
import { askedTables, countTables, onlyTables, tablesShape } from "../asked.ts";
import type { JobType } from "../engine.ts";

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

/** Where a table goes in Snowflake: what the job says, else the settings, else the names of the laptop's stand-in. */
export function targetOf(parameters: RegisterSnowflake, settings: Settings, table: string): SnowflakeTable {
  return {
    database: parameters.database ?? settings.SNOWFLAKE_DATABASE ?? "portal",
    schema: parameters.schema ?? settings.SNOWFLAKE_SCHEMA ?? "public",
    table,
  };
}

/** Iceberg tables on Azure as tables of Snowflake. */
export const registerSnowflake: JobType<RegisterSnowflake> = {
  type: "register-snowflake",
  lane: "light",
  shape,
  title: ({ tables, namespace }) => `Register ${countTables(tables)} of ${namespace} on Snowflake`,
  writes: (parameters, settings) => {
    const names = parameters.tables === "*" ? [] : askedTables(parameters.tables).map(({ name }) => name);
    if (names.length > 0) return names.map(name => nameOf(targetOf(parameters, settings, name)));
    return [nameOf(targetOf(parameters, settings, "x")).replace(/\.X$/, ".*")];
  },
  only: (parameters, tables) => ({ ...parameters, tables: onlyTables(parameters.tables, tables) }),
};
