import { z } from "zod";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import type { Settings } from "../../core/settings.ts";
import type { JobType } from "../engine.ts";

const shape = z.strictObject({
  table: z.string().min(1).max(200).default("PORTAL_AUDIT"),
});

/** What an `export-audit` job asks for: the name of the table of jobs; the other two are named after it. */
export type ExportAudit = z.infer<typeof shape>;

/** The three tables that an export fills: jobs, their tables, and where the chain of records ended. */
export function targetsOf(
  { table }: ExportAudit,
  settings: Settings,
): Record<"jobs" | "tables" | "chain", SnowflakeTable> {
  const place = { database: settings.SNOWFLAKE_DATABASE ?? "portal", schema: settings.SNOWFLAKE_SCHEMA ?? "public" };
  const suffix = (text: string) => (table === table.toLowerCase() ? text : text.toUpperCase());
  return {
    jobs: { ...place, table },
    tables: { ...place, table: `${table}${suffix("_tables")}` },
    chain: { ...place, table: `${table}${suffix("_chain")}` },
  };
}

/** The audit into Snowflake tables. */
export const exportAudit: JobType<ExportAudit> = {
  type: "export-audit",
  lane: "light",
  shape,
  title: ({ table }) => `Export the audit to Snowflake (${table})`,
  writes: (parameters, settings) => Object.values(targetsOf(parameters, settings)).map(snowflakeName),
};
