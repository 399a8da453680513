import { z } from "zod";
import { provenTables } from "../../core/jobs/followups.ts";
import type { JobType } from "../engine.ts";
import { IF_EXISTS } from "../table-copy/target.ts";

const shape = z.strictObject({
  database: z.string().min(1, "expected the name of a Hive database"),
  tables: z.union([z.literal("*"), z.array(z.string().min(1)).min(1).max(10_000)], {
    error: 'expected a list of table names, or "*" for all',
  }),
  namespace: z.string().min(1).optional(),
  to: z.string().default("lake"),
  mode: z.enum(["copy", "snapshot"]).default("copy"),
  ifExists: z.enum(IF_EXISTS).default("replace-own"),
  verify: z.enum(["read-back", "witness", "metadata", "none"]).default("read-back"),
});

/** What an `ingest-hive` job asks for. */
export type IngestHive = z.infer<typeof shape>;

/** The database as Hive itself calls it: Hive folds names to lower case. */
export function databaseOf({ database }: Pick<IngestHive, "database">): string {
  return database.toLowerCase();
}

/** The namespace that a job writes into; in the lake, which Hive's metastore keeps, names are folded too. */
export function ingestNamespace({
  database,
  namespace,
  to,
}: Pick<IngestHive, "database" | "namespace" | "to">): string {
  const name = namespace ?? `${databaseOf({ database })}_iceberg`;
  return to === "lake" ? name.toLowerCase() : name;
}

/** Hive tables into Iceberg tables of the lake. */
export const ingestHive: JobType<IngestHive> = {
  type: "ingest-hive",
  lane: "copy",
  undoable: true,
  shape,
  title: ({ database, tables }) =>
    tables === "*" ? `Ingest all tables of ${database}` : `Ingest ${count(tables)} from ${database}`,
  writes: parameters => {
    const names = parameters.tables === "*" ? ["*"] : parameters.tables.map(table => table.toLowerCase());
    // However it is written, a target is one place.
    return names.map(table => `${parameters.to}.${ingestNamespace(parameters)}.${table}`.toLowerCase());
  },
  followUpParameters: (parameters, outcomes) => ({
    namespace: ingestNamespace(parameters),
    tables: provenTables(outcomes),
    from: parameters.to,
  }),
  retryParameters: (parameters, tables) => ({ ...parameters, tables: [...tables] }),
};

function count(tables: readonly string[]): string {
  return tables.length === 1 ? "1 table" : `${tables.length} tables`;
}
