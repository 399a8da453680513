import { z } from "zod";
/** A table by catalog, namespace and name, as people write it: `lake.sales_iceberg.orders`. */
export interface TableName {
  catalog: string;
  namespace: string;
  table: string;
}

/** How a person reads a table's name; the same in records, events and pages. */
export function tableNameOf({ catalog, namespace, table }: TableName): string {
  return `${catalog}.${namespace}.${table}`;
}

/** An identifier as Spark SQL takes it, whatever is in it. The one place that quotes identifiers for Spark. */
export function quote(identifier: string): string {
  return `\`${identifier.replaceAll("`", "``")}\``;
}

/** An identifier as Spark itself prints it inside a transform or sort order: quoted only where it must be. */
export function quoteIfNeeded(identifier: string): string {
  return /^\w+$/.test(identifier) && !/^\d+$/.test(identifier) ? identifier : quote(identifier);
}

/** A table as Spark SQL takes it. The catalog `hive` is Spark's own session catalog. */
export function sqlName({ catalog, namespace, table }: TableName): string {
  return `${quote(sparkCatalog(catalog))}.${quote(namespace)}.${quote(table)}`;
}

/** The name under which Spark knows a catalog. */
export function sparkCatalog(catalog: string): string {
  return catalog === "hive" ? "spark_catalog" : catalog;
}

/**
 * A text as a Spark SQL literal. The one place that quotes values for Spark; where a statement takes arguments, bind them.
 * A server that substitutes variables does so inside of literals too: `${` is parted, so that it finds none.
 */
export function sparkLiteral(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&").replaceAll("${", "$\\{")}'`;
}

/** The name of a stream's table in a job file. */
export const streamTableShape = z
  .string()
  .regex(/^(?:[a-z][a-z0-9_]*\.)?\w+\.\w+$/, "expected catalog.namespace.table, such as lake.streams.requests");

/** The table that a stream is written into: the one named, without a catalog of the lake; else one of the topic's name. */
export function streamTable({
  topic = "",
  table,
}: {
  topic?: string | undefined;
  table?: string | undefined;
}): TableName {
  const parts = (table ?? `lake.streams.${topic.replace(/\W/g, "_")}`).split(".");
  const [last = "", namespace = "", catalog = "lake"] = parts.toReversed();
  return { catalog, namespace, table: last };
}

/** A file's name as a URL: Java leaves letters of all kinds. */
export function tableUrl(name: string): string {
  return name.replace(/[^\w/:@$&+,;=~!'()*.\u0080-\uffff-]/g, encodeURIComponent);
}
