/** A table by catalog, namespace and name, as people write it: `lake.sales_iceberg.orders`. */
export interface TableName {
  catalog: string;
  namespace: string;
  table: string;
}

/** How a person reads a table's name; the same in records, events and pages. */
export function nameOf({ catalog, namespace, table }: TableName): string {
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

/** A text as a Spark SQL literal. The one place that quotes values for Spark; where a statement takes arguments, bind them. */
export function literal(text: string): string {
  return `'${text.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;
}
