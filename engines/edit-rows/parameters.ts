import { z } from "zod";
import type { JobType } from "../engine.ts";
import { tableOf } from "../load-csv/parameters.ts";

const values = z.record(z.string().min(1).max(128), z.union([z.string().max(1_000_000), z.null()]));

const shape = z.strictObject({
  table: z.string().regex(/^(?:[a-z][a-z0-9_]*\.)?\w+\.\w+$/, "expected catalog.namespace.table"),
  key: z
    .record(z.string().min(1).max(128), z.string().max(10_000))
    .refine(key => Object.keys(key).length > 0, "expected the key of a row"),
  set: values.optional(),
  was: values.optional(),
});

/**
 * What an `edit-rows` job asks for: the row with this key is changed or added, or deleted where nothing is `set`.
 * Values are texts as people write them. `was` is what the person saw: a row that has changed since is left alone.
 */
export type EditRows = z.infer<typeof shape>;

/** One row of a table, in a person's name. */
export const editRows: JobType<EditRows> = {
  type: "edit-rows",
  lane: "light",
  shape,
  title: ({ table, key, set }) => `${set ? "Write" : "Delete"} the row ${Object.values(key).join(", ")} of ${table}`,
  writes: parameters => {
    const { catalog, namespace, table } = tableOf(parameters);
    return [`${catalog}.${namespace}.${table}`];
  },
};
