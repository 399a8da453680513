import { z } from "zod";
import { dialectShape } from "../../csv/dialect.ts";
import { TYPE } from "../../csv/types.ts";
import { ON_DUPLICATE } from "../../csv/winners.ts";
import { provenTables } from "../../jobs/followups.ts";
import type { TableName } from "../../tables/names.ts";
import type { JobType } from "../engine.ts";

const name = (what: string) =>
  z
    .string()
    .min(1, `expected ${what}`)
    .max(128)
    .refine(text => !/[\0\r\n]/.test(text), "a name has no line break");

const column = z.strictObject({
  name: name("the name of a column"),
  type: z
    .string()
    .regex(TYPE, "expected string, varchar(n), boolean, int, bigint, float, double, decimal(p,s), date or timestamp")
    .default("string"),
  /** Its name in the file, where that is another. */
  from: name("the name of a column of the file").optional(),
  required: z.boolean().default(false),
});

/** What a job says of a file and of the table that it belongs into. */
export const csvShape = z.strictObject({
  file: z.string().min(1, "expected the name of an uploaded file, a path, hdfs://… or abfss://…").max(4096),
  table: z
    .string()
    .regex(/^(?:[a-z][a-z0-9_]*\.)?\w+\.\w+$/, "expected catalog.namespace.table, such as lake.shop.products"),
  key: z.union([name("a column"), z.array(name("a column")).min(1).max(16)]),
  onDuplicate: z.enum(ON_DUPLICATE).default("last"),
  columns: z.array(column).min(1).max(1000).optional(),
  format: dialectShape.default({}),
});

const shape = csvShape.extend({
  badRecords: z.enum(["reject", "fail"]).default("reject"),
  counts: z
    .array(z.strictObject({ by: name("a column"), into: z.string().regex(/^\w+$/, "expected the name of a table") }))
    .max(16)
    .default([]),
});

/** What is asked of a file. */
export type CsvFile = z.infer<typeof csvShape>;
/** What a `load-csv` job asks for. */
export type LoadCsv = z.infer<typeof shape>;

/** The table of a job; without a catalog it is of the lake. */
export function tableOf({ table }: Pick<CsvFile, "table">): TableName {
  const parts = table.split(".");
  const [last = "", namespace = "", catalog = "lake"] = parts.toReversed();
  return { catalog, namespace, table: last };
}

/** The key's columns, in order. */
export function keysOf({ key }: Pick<CsvFile, "key">): string[] {
  return [...new Set([key].flat())];
}

/** A CSV file into a table by its key. */
export const loadCsv: JobType<LoadCsv> = {
  type: "load-csv",
  lane: "copy",
  shape,
  title: ({ file, table }) => `Load ${file.slice(file.lastIndexOf("/") + 1)} into ${table}`,
  writes: parameters => {
    const { catalog, namespace, table } = tableOf(parameters);
    return [table, ...parameters.counts.map(({ into }) => into)].map(one => `${catalog}.${namespace}.${one}`);
  },
  handOn: (parameters, outcomes) => ({
    namespace: tableOf(parameters).namespace,
    tables: provenTables(outcomes),
    from: tableOf(parameters).catalog,
  }),
};
