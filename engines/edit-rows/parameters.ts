import { z } from "zod";
import type { JobType } from "../engine.ts";
import { loadTarget } from "../load-csv/parameters.ts";

const values = z.record(z.string().min(1).max(128), z.string().max(1_000_000).nullable());

const shape = z.strictObject({
  table: z.string().regex(/^(?:[a-z][a-z0-9_]*\.)?\w+\.\w+$/, "expected catalog.namespace.table"),
  key: z
    .record(z.string().min(1).max(128), z.string().max(10_000))
    .refine(key => Object.keys(key).length > 0, "expected the key of a row"),
  set: values.optional(),
  was: values.optional(),
  ifExists: z.enum(["update", "fail"]).default("update"),
});

/**
 * What an `edit-rows` job asks for: the row with this key is changed or added, or deleted where nothing is `set`.
 * Values are texts as people write them. `was` is what the person saw: a row that has changed since is left alone.
 * With `ifExists: "fail"` a row is only added.
 */
export type EditRows = z.infer<typeof shape>;

/** One row of a table, in a person's name. */
export const editRows: JobType<EditRows> = {
  type: "edit-rows",
  lane: "light",
  undoable: true,
  shape,
  title: ({ table, key, set }) => `${set ? "Write" : "Delete"} the row ${Object.values(key).join(", ")} of ${table}`,
  writes: parameters => {
    const { catalog, namespace, table } = loadTarget(parameters);
    return [`${catalog}.${namespace}.${table}`];
  },
};
