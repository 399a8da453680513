import { z } from "zod";
import type { TableName } from "../../connectors/iceberg/names.ts";
import { provenTables } from "../../core/jobs/followups.ts";
import { MOST_COLUMNS } from "../../formats/csv/columns.ts";
import { ON_DUPLICATE } from "../../formats/csv/deduplicate.ts";
import { dialectShape } from "../../formats/csv/dialect.ts";
import { declaredType, TYPE } from "../../formats/csv/types.ts";
import { datePattern } from "../../formats/csv/values/dates.ts";
import { THOUSANDS } from "../../formats/csv/values/numbers.ts";
import type { JobType } from "../engine.ts";

const name = (what: string) =>
  z
    .string()
    .min(1, `expected ${what}`)
    .max(128)
    .refine(text => !/[\0\r\n]/.test(text), "a name has no line break");

const column = z
  .strictObject({
    name: name("the name of a column"),
    type: z
      .string()
      .regex(TYPE, "expected string, varchar(n), boolean, int, bigint, float, double, decimal(p,s), date or timestamp")
      .default("string"),
    /** Its name in the file, where that is another. */
    from: name("the name of a column of the file").optional(),
    required: z.boolean().default(false),
    decimal: z.enum([".", ","]).optional(),
    thousands: z.enum(THOUSANDS).optional(),
    /** Of dates and timestamps. */
    pattern: z
      .string()
      .max(40)
      .refine(
        text => datePattern(text)?.hasDate === true,
        "expected a date's pattern, such as dd.MM.yyyy or MM/dd/yyyy HH:mm",
      )
      .optional(),
    nulls: z.array(z.string().min(1).max(40)).max(20).optional(),
    booleans: z.tuple([z.string().min(1).max(40), z.string().min(1).max(40)]).optional(),
  })
  .superRefine(({ type, decimal, thousands, pattern, booleans }, context) => {
    const { kind } = declaredType(type).type;
    const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const isNumber = ["integer", "long", "float", "double", "decimal"].includes(kind);
    if (decimal && !isNumber) wrong("decimal", `a ${type} has no decimal mark`);
    if (thousands && !isNumber) wrong("thousands", `a ${type} has no thousands mark`);
    if (thousands && thousands === (decimal ?? ".")) wrong("thousands", "it can't be the decimal mark as well");
    if (pattern && kind !== "date" && kind !== "timestamp") wrong("pattern", `a ${type} has no pattern of a date`);
    if (pattern && kind === "date" && datePattern(pattern)?.hasTime)
      wrong("pattern", "a date has no time: choose timestamp");
    if (pattern && kind === "timestamp" && !datePattern(pattern)?.hasTime)
      wrong("pattern", "a timestamp needs a time: choose date");
    if (booleans && kind !== "boolean") wrong("booleans", `a ${type} has no words for true and false`);
  });

/** What a job says of a file and of the table that it belongs into. */
export const csvShape = z.strictObject({
  file: z.string().min(1, "expected the name of an uploaded file, a path, hdfs://… or abfss://…").max(4096),
  table: z
    .string()
    .regex(/^(?:[a-z][a-z0-9_]*\.)?\w+\.\w+$/, "expected catalog.namespace.table, such as lake.shop.products"),
  key: z.union([name("a column"), z.array(name("a column")).min(1).max(16)]),
  onDuplicate: z.enum(ON_DUPLICATE).default("last"),
  columns: z
    .array(column)
    .min(1)
    .max(MOST_COLUMNS)
    .superRefine((columns, context) => {
      const names = columns.map(({ name }) => name.toLowerCase());
      const at = names.findIndex((name, i) => names.indexOf(name) !== i);
      if (at >= 0)
        context.addIssue({ code: "custom", path: [at, "name"], message: "another column has this name already" });
    })
    .optional(),
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
export function loadTarget({ table }: Pick<CsvFile, "table">): TableName {
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
  undoable: true,
  shape,
  title: ({ file, table }) => `Load ${file.slice(file.lastIndexOf("/") + 1)} into ${table}`,
  writes: parameters => {
    const { catalog, namespace, table } = loadTarget(parameters);
    return [table, ...parameters.counts.map(({ into }) => into)].map(one => `${catalog}.${namespace}.${one}`);
  },
  followUpParameters: (parameters, outcomes) => ({
    namespace: loadTarget(parameters).namespace,
    tables: provenTables(outcomes),
    from: loadTarget(parameters).catalog,
  }),
};

/** What a table of counts is made from; the snapshot is the current one where none is named. */
export interface Counting {
  by: string;
  of: TableName;
  target: TableName;
}

/** Where a table of counts says which snapshot it counts: on the very snapshot that holds the counts. */
export const COUNTED = "portal.counts-snapshot";

/** The property that names what a table counts: `lake.shop.products by name`. */
export const COUNTS_SNAPSHOT_PROPERTY = "portal.counts-of";
