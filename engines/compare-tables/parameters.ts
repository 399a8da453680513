import { z } from "zod";
import type { TableName } from "../../connectors/iceberg/names.ts";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import { dialectShape } from "../../formats/csv/dialect.ts";
import type { JobType } from "../engine.ts";

const TABLE = /^([a-z][a-z0-9_]*)\.([^.\0\r\n]+)\.([^\0\r\n]+)$/;
const table = z
  .string()
  .max(600)
  .regex(TABLE, "expected catalog.namespace.table, such as lake.sales.orders, or snowflake.DATABASE.SCHEMA.TABLE")
  .refine(
    text => !text.startsWith("snowflake.") || text.split(".").length >= 4,
    "expected snowflake.DATABASE.SCHEMA.TABLE",
  );
const column = z.string().min(1, "expected the name of a column").max(255);

const side = z.union([
  table,
  z.strictObject({
    table,
    at: z
      .string()
      .min(1)
      .max(255)
      .describe("A snapshot id, or the name of a tag or branch, of an Iceberg table; without it what is current.")
      .optional(),
  }),
  z.strictObject({
    file: z.string().min(1, "expected the name of an uploaded file, a path, hdfs://… or abfss://…").max(4096),
    format: dialectShape.default({}),
  }),
]);

const shape = z.strictObject({
  left: side,
  right: side,
  key: z
    .union([column, z.array(column).max(16)])
    .describe("The columns that tell rows apart; without them whole rows are compared.")
    .default([]),
  ignore: z.array(column).max(2000).describe("Columns that are left out.").default([]),
});

/** What a `compare-tables` job asks for. */
export type CompareTables = z.infer<typeof shape>;

/** One of the two sides of a comparison. */
export type Side =
  | { kind: "table"; name: TableName; at?: string }
  | { kind: "snowflake"; table: SnowflakeTable }
  | { kind: "file"; file: string; format: Extract<CompareTables["left"], { file: string }>["format"] };

/** A side as the engine takes it. */
export function sideOf(given: CompareTables["left"]): Side {
  if (typeof given === "object" && "file" in given) return { kind: "file", ...given };
  const { table: text, at = undefined } = typeof given === "string" ? { table: given } : given;
  const [, catalog = "", namespace = "", rest = ""] = TABLE.exec(text) ?? [];
  const dot = rest.indexOf(".");
  if (catalog === "snowflake")
    return {
      kind: "snowflake",
      table: { database: namespace, schema: rest.slice(0, dot), table: rest.slice(dot + 1) },
    };
  return { kind: "table", name: { catalog, namespace, table: rest }, ...(at !== undefined && { at }) };
}

/** A side as records and pages name it. */
export function labelOf(given: CompareTables["left"]): string {
  const found = sideOf(given);
  if (found.kind === "file") return found.file.slice(found.file.lastIndexOf("/") + 1);
  if (found.kind === "snowflake") return snowflakeName(found.table);
  return `${found.name.catalog}.${found.name.namespace}.${found.name.table}`;
}

/** The columns that tell rows apart. */
export function keyOf({ key }: Pick<CompareTables, "key">): string[] {
  return [...new Set([key].flat())];
}

/** Two tables that exist: whether they hold the same rows, and where not. */
export const compareTables: JobType<CompareTables> = {
  type: "compare-tables",
  lane: "copy",
  looksOnly: true,
  itemNoun: ["comparison", "comparisons"],
  shape,
  title: ({ left, right }) => `Compare ${labelOf(left)} with ${labelOf(right)}`,
  writes: () => [],
};
