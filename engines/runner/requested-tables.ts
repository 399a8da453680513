import { z } from "zod";

const snapshot = z.string().regex(/^-?\d+$/, "expected a snapshot id as a string of digits");
const table = z.union(
  [
    z.string().min(1),
    z.strictObject({ name: z.string().min(1), snapshot: snapshot.optional(), metadataFile: z.string().optional() }),
  ],
  { error: "expected the name of a table" },
);

/** `tables` of a job on Iceberg tables: names, or tables pinned to what was proven, as a follow-up's are, or `"*"`. */
export const tablesShape = z.union([z.literal("*"), z.array(table).min(1).max(10_000)], {
  error: 'expected a list of table names, or "*" for all',
});

/** One table that is asked for, and what it is pinned to. */
export interface RequestedTable {
  name: string;
  snapshot?: string;
  metadataFile?: string;
}

/** The tables that are named, each once; none for `"*"`. */
export function requestedTables(tables: z.infer<typeof tablesShape>): RequestedTable[] {
  if (tables === "*") return [];
  const all = tables.map(entry => (typeof entry === "string" ? { name: entry } : (entry as RequestedTable)));
  return [...new Map(all.map(one => [one.name, one])).values()];
}

/** The same tables without those that are done. */
export function restrictTables(
  tables: z.infer<typeof tablesShape>,
  names: readonly string[],
): z.infer<typeof tablesShape> {
  const requested = new Map(requestedTables(tables).map(one => [one.name, one]));
  return names.map(name => requested.get(name) ?? name);
}

/** `all tables`, `1 table`, `4 tables`. */
export function countTables(tables: z.infer<typeof tablesShape>): string {
  if (tables === "*") return "all tables";
  return tables.length === 1 ? "1 table" : `${tables.length} tables`;
}
