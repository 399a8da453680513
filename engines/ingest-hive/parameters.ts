import { z } from "zod";
import { provenTables } from "../../jobs/followups.ts";
import type { JobType } from "../engine.ts";
import { IF_EXISTS } from "../if-exists.ts";

const shape = z.strictObject({
  database: z.string().min(1, "expected the name of a Hive database"),
  tables: z.union([z.literal("*"), z.array(z.string().min(1)).min(1).max(10_000)], {
    error: 'expected a list of table names, or "*" for all',
  }),
  namespace: z.string().min(1).optional(),
  to: z.string().default("lake"),
  ifExists: z.enum(IF_EXISTS).default("replace-own"),
  verify: z.enum(["read-back", "metadata", "none"]).default("read-back"),
});

/** What an `ingest-hive` job asks for. */
export type IngestHive = z.infer<typeof shape>;

/** The namespace that a job writes into. */
export function namespaceOf({ database, namespace }: IngestHive): string {
  return namespace ?? `${database}_iceberg`;
}

/** Hive tables into Iceberg tables of the lake. */
export const ingestHive: JobType<IngestHive> = {
  type: "ingest-hive",
  lane: "copy",
  shape,
  title: ({ database, tables }) =>
    tables === "*" ? `Ingest all tables of ${database}` : `Ingest ${count(tables)} from ${database}`,
  writes: parameters => {
    const names = parameters.tables === "*" ? ["*"] : parameters.tables.map(table => table.toLowerCase());
    return names.map(table => `${parameters.to}.${namespaceOf(parameters)}.${table}`);
  },
  handOn: (parameters, outcomes) => ({
    namespace: namespaceOf(parameters),
    tables: provenTables(outcomes),
    from: parameters.to,
  }),
  only: (parameters, tables) => ({ ...parameters, tables: [...tables] }),
};

function count(tables: readonly string[]): string {
  return tables.length === 1 ? "1 table" : `${tables.length} tables`;
}
