import type { Session } from "../spark/session.ts";
import { type DataType, ddl } from "../spark/types.ts";
import type { Column } from "./columns.ts";
import { literal, quote, sqlName, type TableName } from "./names.ts";

/** How an Iceberg table is laid out. Transforms and sort order are SQL: `day`, `bucket(4, id)`; `id DESC NULLS LAST`. */
export interface Layout {
  into: TableName;
  columns: readonly Column[];
  partitioning: readonly string[];
  orderedBy: readonly string[];
  properties: Readonly<Record<string, string>>;
  comment?: string;
  /** The job that creates it, kept with the table: only its own job may take an empty table away again. */
  job: string;
}

/** Creates a table without rows. */
export async function createEmpty(session: Session, layout: Layout, signal: AbortSignal): Promise<void> {
  const columns = ` (${columnList(layout.columns)})`;
  await session.command(`create table ${sqlName(layout.into)}${columns}${clauses(layout)}`, { signal });
  await setOrder(session, layout);
}

/** The statement, up to its SELECT, that replaces a table whose columns or partitioning change. */
export function replaceStatement(layout: Layout): string {
  return `create or replace table ${sqlName(layout.into)}${clauses(layout)} as`;
}

/** Sets the sort order; later writes keep to it. */
export async function setOrder(session: Session, { into, orderedBy }: Layout): Promise<void> {
  if (orderedBy.length === 0) return;
  await session.command(`alter table ${sqlName(into)} write locally ordered by ${orderedBy.join(", ")}`);
}

/** Properties as SQL takes them. */
export function propertyList(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${literal(key)} = ${literal(value)}`).join(", ");
}

function columnList(columns: readonly Column[]): string {
  return columns
    .map(
      ({ name, target, required, comment }) =>
        `${quote(name)} ${declared(target)}${required ? " not null" : ""}${words(comment)}`,
    )
    .join(", ");
}

// The type with the comments that stand inside of it.
function declared(type: DataType): string {
  switch (type.kind) {
    case "array":
      return `array<${declared(type.element)}>`;
    case "map":
      return `map<${declared(type.key)}, ${declared(type.value)}>`;
    case "struct":
      return `struct<${type.fields
        .map(({ name, type: inner, metadata }) => `${quote(name)}: ${declared(inner)}${words(metadata?.comment)}`)
        .join(", ")}>`;
    default:
      return ddl(type);
  }
}

function words(comment: unknown): string {
  return typeof comment === "string" && comment !== "" ? ` comment ${literal(comment)}` : "";
}

function clauses({ partitioning, comment, properties, job }: Layout): string {
  const partitions = partitioning.length > 0 ? ` partitioned by (${partitioning.join(", ")})` : "";
  const pairs = Object.entries({ ...properties, "portal.created-by": job });
  return ` using iceberg${partitions}${words(comment)} tblproperties (${propertyList(pairs)})`;
}
