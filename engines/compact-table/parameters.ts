import { z } from "zod";
import type { JobType } from "../engine.ts";
import { countTables, requestedTables, restrictTables, tablesShape } from "../runner/requested-tables.ts";

const shape = z.strictObject({
  namespace: z.string().min(1, "expected the name of a namespace").max(128),
  tables: tablesShape.default("*"),
  from: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, "expected the name of a catalog")
    .default("lake"),
  /** Snapshots younger than this stay. */
  keepHours: z.number().min(0).max(87_600).default(24),
  /** Fewer small files than this are left alone. */
  minFiles: z.int().min(2).max(100_000).default(8),
});

/** What a `compact-table` job asks for. */
export type CompactTable = z.infer<typeof shape>;

/** Many small files into few large ones, beside whoever writes, and old snapshots away. */
export const compactTable: JobType<CompactTable> = {
  type: "compact-table",
  lane: "light",
  shape,
  title: ({ tables, namespace }) => `Compact ${countTables(tables)} of ${namespace}`,
  // Not the tables: a stream goes on writing them meanwhile. Only two compactions would undo each other's work.
  writes: ({ tables, namespace, from }) => {
    const names = tables === "*" ? ["*"] : requestedTables(tables).map(({ name }) => name);
    return names.map(name => `compaction of ${from}.${namespace}.${name}`);
  },
  followUpParameters: ({ namespace, from, tables }) => ({ namespace, from, tables }),
  retryParameters: (parameters, tables) => ({ ...parameters, tables: restrictTables(parameters.tables, tables) }),
};
