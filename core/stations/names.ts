// A table in Snowflake has a database and a schema before its name.
const depthOf = (name: string) => (name.startsWith("snowflake.") ? 3 : 2);

/** The catalog of a table's name as records have it: `lake` of `lake.sales.orders`. */
export function catalogOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(".")));
}

/** The catalog and namespace of a table's name: `lake.sales`, `snowflake.LAKE.SALES`. */
export function namespaceOf(name: string): string {
  return name.split(".").slice(0, depthOf(name)).join(".");
}

/** The last part of a table's name; what comes after the namespace, with full stops of its own. */
export function tableOf(name: string): string {
  return name.split(".").slice(depthOf(name)).join(".");
}
