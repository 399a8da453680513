/** A table in Snowflake, by the names that people write. */
export interface SnowflakeTable {
  database: string;
  schema: string;
  table: string;
}

/**
 * A name as Snowflake's SQL takes it. Simple lower-case names go unquoted, and Snowflake keeps them in capitals; every
 * other name is quoted and stays exactly what it is. The one place that quotes names for Snowflake.
 */
export function identifier(name: string): string {
  if (!SIMPLE.test(name)) return `"${name.replaceAll('"', '""')}"`;
  return RESERVED.has(name) ? `"${name.toUpperCase()}"` : name;
}

/** A table's whole name as Snowflake's SQL takes it. */
export function qualified({ database, schema, table }: SnowflakeTable): string {
  return [database, schema, table].map(identifier).join(".");
}

/** A name as Snowflake keeps and shows it. */
export function stored(name: string): string {
  return SIMPLE.test(name) ? name.toUpperCase() : name;
}

/** How a person reads a table's name, the same in records and events: `snowflake.LAKE.SALES.ORDERS`. */
export function snowflakeName({ database, schema, table }: SnowflakeTable): string {
  return ["snowflake", ...[database, schema, table].map(stored)].join(".");
}

/** A text as a Snowflake literal, where a statement takes no bind. */
export function snowflakeLiteral(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

const SIMPLE = /^[a-z_][a-z0-9_]*$/;

/** Words that Snowflake refuses as a name without quotes. */
const RESERVED = new Set(
  `account all alter and any as between by case cast check column connect connection constraint create cross current
  current_date current_time current_timestamp current_user database delete distinct drop else exists false following for
  from full grant group gscluster having ilike in increment inner insert intersect into is issue join lateral left like
  localtime localtimestamp minus natural not null of on or order organization qualify regexp revoke right rlike row rows
  sample schema select set some start table tablesample then to trigger true try_cast union unique update using values
  view when whenever where with`.split(/\s+/),
);
