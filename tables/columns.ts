import type { DataType } from "../spark/types.ts";
import { ddl } from "../spark/types.ts";
import { quote } from "./names.ts";

/** A column on its way into Iceberg: what it is now, what it becomes. */
export interface Column {
  name: string;
  source: DataType;
  target: DataType;
  /** Whether the table promises that it is never null. */
  required?: boolean;
  /** `char(5)`, where Spark reads as text what was declared with a length. */
  declared?: string;
  comment?: string;
}

/** The columns of a schema with the types that Iceberg gives them. */
export function columnsOf(schema: DataType, comments: Readonly<Record<string, string | undefined>> = {}): Column[] {
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

const SUPPORTED: ReadonlySet<string> = new Set([
  ...["boolean", "byte", "short", "integer", "long", "float", "double", "decimal", "string", "char", "varchar"],
  ...["binary", "date", "timestamp", "timestamp_ntz"],
]);

/** Columns in the order of an existing table, new ones last: the Hive Metastore refuses tables whose columns change places. */
export function orderLike(columns: readonly Column[], existing: readonly Column[]): Column[] {
  const kept = existing.flatMap(old => columns.filter(column => column.name === old.name));
  return [...kept, ...columns.filter(column => !kept.includes(column))];
}

/** Whether two lists name the same columns with the same types in the same order. */
export function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  const text = (columns: readonly Column[]) =>
    columns.map(({ name, target, required }) => `${name} ${ddl(target)} ${required}`).join(",");
  return text(a) === text(b);
}

/** A SELECT list that turns source columns into target columns, in the table's order. */
export function selectList(columns: readonly Column[]): string {
  return columns
    .map(({ name, source, target }) => {
      const column = quote(name);
      return ddl(source) === ddl(target) ? column : `cast(${column} as ${ddl(target)}) as ${column}`;
    })
    .join(", ");
}

/** What changes on the way, in words: `2 columns become int: a (tinyint), b (smallint)`. */
export function typeNotes(columns: readonly Column[]): string[] {
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
