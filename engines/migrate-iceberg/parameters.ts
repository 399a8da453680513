import { z } from "zod";
import { provenTables } from "../../core/jobs/followups.ts";
import type { JobType } from "../engine.ts";
import { countTables, requestedTables, restrictTables, tablesShape } from "../runner/requested-tables.ts";
import { IF_EXISTS } from "../table-copy/target.ts";

const copy = z.strictObject({
  maxMBps: z.number().positive().optional(),
  between: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'expected two times of a day, "22:00-06:00"')
    .optional(),
  streams: z.int().min(1).max(64).default(8),
  on: z.enum(["gateway", "executors"]).default("gateway"),
});

const fields = z.strictObject({
  namespace: z.string().min(1, "expected the namespace of the tables"),
  tables: tablesShape,
  from: z.string().default("lake"),
  to: z.string().default("azure"),
  targetNamespace: z.string().min(1).optional(),
  history: z.enum(["current", "all"]).default("current"),
  ifExists: z.enum([...IF_EXISTS, "sync"]).default("replace-own"),
  expire: z.boolean().default(false),
  copy: copy.optional(),
  verify: z.enum(["read-back", "metadata", "none"]).default("read-back"),
});

const shape = fields.superRefine(({ history, ifExists, expire, copy: limits }, context) => {
  if (history === "all") return;
  const only = (path: string, value: string) =>
    context.addIssue({ code: "custom", path: [path], message: `${value} goes with "history": "all" only` });
  if (ifExists === "sync") only("ifExists", '"sync"');
  if (expire) only("expire", "it");
  if (limits) only("copy", "it");
});

/** What a `migrate-iceberg` job asks for. A table may be pinned to a snapshot, as a follow-up's tables are. */
export type MigrateIceberg = z.infer<typeof shape>;

/** A name in the source as its catalog calls it: the lake, which Hive's metastore keeps, folds names to lower case. */
export function sourceName({ from }: Pick<MigrateIceberg, "from">, name: string): string {
  return from === "lake" ? name.toLowerCase() : name;
}

/** The namespace that a job writes into. */
export function migrateNamespace(parameters: MigrateIceberg): string {
  return parameters.targetNamespace ?? sourceName(parameters, parameters.namespace);
}

/** Iceberg tables from one catalog into another. */
export const migrateIceberg: JobType<MigrateIceberg> = {
  type: "migrate-iceberg",
  lane: "copy",
  undoable: true,
  shape,
  title: ({ tables, namespace, to, history, ifExists }) => {
    const what = history === "current" ? "Migrate" : ifExists === "sync" ? "Sync" : "Copy the history of";
    return `${what} ${countTables(tables)} of ${namespace} to ${to}`;
  },
  writes: parameters => {
    const names = parameters.tables === "*" ? ["*"] : requestedTables(parameters.tables).map(({ name }) => name);
    // However it is written, a target is one place.
    return names.map(name => `${parameters.to}.${migrateNamespace(parameters)}.${name}`.toLowerCase());
  },
  followUpParameters: (parameters, outcomes) => ({
    namespace: migrateNamespace(parameters),
    tables: provenTables(outcomes),
    from: parameters.to,
  }),
  retryParameters: (parameters, tables) => ({ ...parameters, tables: restrictTables(parameters.tables, tables) }),
};
