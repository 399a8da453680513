import { z } from "zod";
import { provenTables } from "../../jobs/followups.ts";
import type { JobType } from "../engine.ts";
import { IF_EXISTS } from "../if-exists.ts";

const snapshot = z.string().regex(/^-?\d+$/, "expected a snapshot id as a string of digits");
const table = z.union([
  z.string().min(1),
  z.strictObject({ name: z.string().min(1), snapshot: snapshot.optional(), metadataFile: z.string().optional() }),
]);

const shape = z.strictObject({
  namespace: z.string().min(1, "expected the namespace of the tables"),
  tables: z.union([z.literal("*"), z.array(table).min(1).max(10_000)], {
    error: 'expected a list of table names, or "*" for all',
  }),
  from: z.string().default("lake"),
  to: z.string().default("azure"),
  targetNamespace: z.string().min(1).optional(),
  history: z.enum(["current", "all"]).default("current"),
  ifExists: z.enum(IF_EXISTS).default("replace-own"),
  verify: z.enum(["read-back", "metadata", "none"]).default("read-back"),
});

/** What a `migrate-iceberg` job asks for. A table may be pinned to a snapshot, as a follow-up's tables are. */
export type MigrateIceberg = z.infer<typeof shape>;

/** One table that is asked for, and the snapshot that is copied, where one was named. */
export interface Asked {
  name: string;
  snapshot?: string;
}

/** The tables that a job names; empty for all. */
export function askedTables({ tables }: MigrateIceberg): Asked[] {
  if (tables === "*") return [];
  return tables.map(entry =>
    typeof entry === "string"
      ? { name: entry }
      : { name: entry.name, ...(entry.snapshot && { snapshot: entry.snapshot }) },
  );
}

/** The namespace that a job writes into. */
export function namespaceOf({ namespace, targetNamespace }: MigrateIceberg): string {
  return targetNamespace ?? namespace;
}

/** Iceberg tables from one catalog into another. */
export const migrateIceberg: JobType<MigrateIceberg> = {
  type: "migrate-iceberg",
  lane: "copy",
  shape,
  title: parameters => {
    const asked = askedTables(parameters);
    const count = parameters.tables === "*" ? "all tables" : asked.length === 1 ? "1 table" : `${asked.length} tables`;
    return `Migrate ${count} of ${parameters.namespace} to ${parameters.to}`;
  },
  writes: parameters => {
    const names = parameters.tables === "*" ? ["*"] : askedTables(parameters).map(({ name }) => name);
    return names.map(name => `${parameters.to}.${namespaceOf(parameters)}.${name}`);
  },
  handOn: (parameters, outcomes) => ({
    namespace: namespaceOf(parameters),
    tables: provenTables(outcomes),
    from: parameters.to,
  }),
  only: (parameters, tables) => {
    const asked = new Map(askedTables(parameters).map(entry => [entry.name, entry]));
    return { ...parameters, tables: tables.map(name => asked.get(name) ?? name) };
  },
};
