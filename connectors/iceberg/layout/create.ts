import { type DataType, ddl } from "../../spark/protocol/types.ts";
import type { Session } from "../../spark/session.ts";
import { quote, sparkLiteral, sqlName, type TableName } from "../names.ts";
import type { TableColumn } from "./columns.ts";

/** How an Iceberg table is laid out. Transforms and sort order are SQL: `day`, `bucket(4, id)`; `id DESC NULLS LAST`. */
export interface TableLayout {
  into: TableName;
  columns: readonly TableColumn[];
  partitioning: readonly string[];
  /** The names of the partition fields, where they are not those that Iceberg gives. */
  partitionNames?: readonly (string | undefined)[];
  orderedBy: readonly string[];
  properties: Readonly<Record<string, string>>;
  comment?: string;
  /** The job that creates it, kept with the table: only its own job may take an empty table away again. */
  job: string;
}

/** Creates a table without rows. */
export async function createEmpty(session: Session, layout: TableLayout, signal: AbortSignal): Promise<void> {
  const columns = ` (${columnList(layout.columns)})`;
  const { partitionNames = [], partitioning, into } = layout;
  const named = partitionNames.some(name => name !== undefined);
  const first = named ? { ...layout, partitioning: [] } : layout;
  await session.command(`create table ${sqlName(into)}${columns}${clauses(first)}`, { signal });
  // Only an added field can be given a name.
  for (const [i, transform] of named ? partitioning.entries() : []) {
    const name = partitionNames[i];
    await session.command(
      `alter table ${sqlName(into)} add partition field ${transform}${name ? ` as ${quote(name)}` : ""}`,
      { signal },
    );
  }
  await setOrder(session, layout);
}

/** The statement, up to its SELECT, that replaces a table whose columns or partitioning change. */
export function replaceStatement(layout: TableLayout): string {
  return `create or replace table ${sqlName(layout.into)}${clauses(layout)} as`;
}

/** Sets the sort order; later writes keep to it. */
export async function setOrder(session: Session, { into, orderedBy }: TableLayout): Promise<void> {
  if (orderedBy.length === 0) return;
  await session.command(`alter table ${sqlName(into)} write locally ordered by ${orderedBy.join(", ")}`);
}

/** Properties as SQL takes them. */
export function propertyList(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${sparkLiteral(key)} = ${sparkLiteral(value)}`).join(", ");
}

function columnList(columns: readonly TableColumn[]): string {
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
  return typeof comment === "string" && comment !== "" ? ` comment ${sparkLiteral(comment)}` : "";
}

function clauses({ partitioning, comment, properties, job }: TableLayout): string {
  const partitions = partitioning.length > 0 ? ` partitioned by (${partitioning.join(", ")})` : "";
  const pairs = Object.entries({ ...properties, "portal.created-by": job });
  return ` using iceberg${partitions}${words(comment)} tblproperties (${propertyList(pairs)})`;
}
