import { z } from "zod";
import { provenTables } from "../../jobs/followups.ts";
import { askedTables, countTables, onlyTables, tablesShape } from "../asked.ts";
import type { JobType } from "../engine.ts";
import { IF_EXISTS } from "../if-exists.ts";

const shape = z.strictObject({
  namespace: z.string().min(1, "expected the namespace of the tables"),
  tables: tablesShape,
  from: z.string().default("lake"),
  to: z.string().default("azure"),
  targetNamespace: z.string().min(1).optional(),
  history: z.enum(["current", "all"]).default("current"),
  ifExists: z.enum(IF_EXISTS).default("replace-own"),
  verify: z.enum(["read-back", "metadata", "none"]).default("read-back"),
});

/** What a `migrate-iceberg` job asks for. A table may be pinned to a snapshot, as a follow-up's tables are. */
export type MigrateIceberg = z.infer<typeof shape>;

/** The namespace that a job writes into. */
export function namespaceOf({ namespace, targetNamespace }: MigrateIceberg): string {
  return targetNamespace ?? namespace;
}

/** Iceberg tables from one catalog into another. */
export const migrateIceberg: JobType<MigrateIceberg> = {
  type: "migrate-iceberg",
  lane: "copy",
  shape,
  title: ({ tables, namespace, to }) => `Migrate ${countTables(tables)} of ${namespace} to ${to}`,
  writes: parameters => {
    const names = parameters.tables === "*" ? ["*"] : askedTables(parameters.tables).map(({ name }) => name);
    return names.map(name => `${parameters.to}.${namespaceOf(parameters)}.${name}`);
  },
  handOn: (parameters, outcomes) => ({
    namespace: namespaceOf(parameters),
    tables: provenTables(outcomes),
    from: parameters.to,
  }),
  only: (parameters, tables) => ({ ...parameters, tables: onlyTables(parameters.tables, tables) }),
};
