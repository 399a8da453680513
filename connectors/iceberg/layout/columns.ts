import type { DataType } from "../../spark/protocol/types.ts";
import { ddl } from "../../spark/protocol/types.ts";
import { quote } from "../names.ts";

/** A column on its way into Iceberg: what it is now, what it becomes. */
export interface TableColumn {
  name: string;
  source: DataType;
  target: DataType;
  /** Whether the table promises that it is never null. */
  required?: boolean;
  /** `char(5)`, where Spark reads as text what was declared with a length. */
  declared?: string;
  comment?: string;
  /** How the source's value is read, as Spark SQL, where that is not by the column's name alone. */
  expression?: string;
}

/** The columns of a schema with the types that Iceberg gives them. */
export function copiedColumns(
  schema: DataType,
  comments: Readonly<Record<string, string | undefined>> = {},
): TableColumn[] {
  if (schema.kind !== "struct") throw new Error(`expected the schema of a table, got ${schema.kind}`);
  return schema.fields.map(({ name, type, nullable, metadata }) => {
    const comment = comments[name];
    const declared = metadata?.__CHAR_VARCHAR_TYPE_STRING;
    return {
      name,
      source: type,
      target: icebergType(type),
      ...(!nullable && { required: true }),
      ...(typeof declared === "string" && { declared }),
      ...(comment && { comment }),
    };
  });
}

/** The type that Iceberg stores a Spark type as. */
export function icebergType(type: DataType): DataType {
  switch (type.kind) {
    case "byte":
    case "short":
      return { kind: "integer" };
    case "char":
    case "varchar":
    case "string":
      return { kind: "string" };
    case "array":
      return { ...type, element: icebergType(type.element) };
    case "map":
      return { ...type, key: icebergType(type.key), value: icebergType(type.value) };
    case "struct":
      return { ...type, fields: type.fields.map(field => ({ ...field, type: icebergType(field.type) })) };
    default:
      return type;
  }
}

/** The first type inside a type that Iceberg (format 2) can't hold, as SQL writes it. */
export function unsupportedType(type: DataType): string | undefined {
  switch (type.kind) {
    case "array":
      return unsupportedType(type.element);
    case "map":
      return unsupportedType(type.key) ?? unsupportedType(type.value);
    case "struct":
      return type.fields.map(field => unsupportedType(field.type)).find(found => found !== undefined);
    default:
      return SUPPORTED.has(type.kind) ? undefined : ddl(type);
  }
}

/** Names that Iceberg keeps for itself: no table may have a column of such a name. */
export function reservedNames(columns: readonly { name: string }[]): string[] {
  return columns.map(({ name }) => name).filter(name => RESERVED.has(name.toLowerCase()));
}

const RESERVED: ReadonlySet<string> = new Set([
  ...["_file", "_pos", "_deleted", "_spec_id", "_partition", "_row_id", "_last_updated_sequence_number"],
  ...["_change_type", "_change_ordinal", "_commit_snapshot_id"],
]);

const SUPPORTED: ReadonlySet<string> = new Set([
  ...["boolean", "byte", "short", "integer", "long", "float", "double", "decimal", "string", "char", "varchar"],
  ...["binary", "date", "timestamp", "timestamp_ntz"],
]);

/**
 * Columns in the order of an existing table: the Hive Metastore refuses tables whose columns change places. A new column takes
 * the place of one that is gone, as a renamed one does, its own first; what is left comes last.
 */
export function orderLike(columns: readonly TableColumn[], existing: readonly TableColumn[]): TableColumn[] {
  const isOld = (column: TableColumn) => existing.some(old => old.name === column.name);
  const fresh = columns.filter(column => !isOld(column));
  const take = (found: TableColumn | undefined) => (found ? fresh.splice(fresh.indexOf(found), 1) : []);
  const gone = (old: TableColumn) => !columns.some(column => column.name === old.name);
  const sameType = (a: TableColumn, b: TableColumn) => ddl(a.target) === ddl(b.target);
  const placed = existing.map((old, i) => {
    if (!gone(old)) return columns.filter(column => column.name === old.name);
    const here = columns[i];
    return here && fresh.includes(here) && sameType(here, old) ? take(here) : [];
  });
  for (const [i, old] of existing.entries()) {
    if (placed[i]?.length === 0) placed[i] = take(fresh.find(column => sameType(column, old)));
  }
  return [...placed.flat(), ...fresh];
}

/** Whether two lists name the same columns with the same types in the same order. */
export function sameColumns(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  const text = (columns: readonly TableColumn[]) =>
    columns.map(({ name, target, required }) => `${name} ${ddl(target)} ${required}`).join(",");
  return text(a) === text(b);
}

/** A SELECT list that turns source columns into target columns, in the table's order. */
export function selectList(columns: readonly TableColumn[]): string {
  return columns
    .map(({ name, source, target, expression }) => {
      const column = quote(name);
      const value = expression ?? column;
      if (ddl(source) !== ddl(target)) return `cast(${value} as ${ddl(target)}) as ${column}`;
      return expression ? `${expression} as ${column}` : column;
    })
    .join(", ");
}

/** Columns as a plan tells them: each with its type at the source and at the target. */
export function plannedColumns(columns: readonly TableColumn[]): { name: string; from: string; to: string }[] {
  return columns.map(({ name, source, target, declared }) => ({
    name,
    from: declared ?? ddl(source),
    to: ddl(target),
  }));
}

/** What changes on the way, in words: `2 columns become int: a (tinyint), b (smallint)`. */
export function typeNotes(columns: readonly TableColumn[]): string[] {
  const changed = columns.filter(column => column.declared ?? ddl(column.source) !== ddl(column.target));
  const instants = columns.filter(column => column.source.kind === "timestamp");
  return [
    ...changed.map(
      ({ name, source, target, declared }) => `column ${name}: ${declared ?? ddl(source)} becomes ${ddl(target)}`,
    ),
    ...(instants.length > 0
      ? [`${instants.map(column => column.name).join(", ")}: timestamps are kept as instants, shown in UTC`]
      : []),
  ];
}
