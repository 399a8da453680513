import { SparkError } from "../../spark/errors.ts";
import type { Session } from "../../spark/session.ts";
import { metadataFile } from "../iceberg.ts";
import { quote, type TableName } from "../names.ts";

/** A field of an Iceberg schema, as its metadata file tells it. */
interface IcebergField {
  name: string;
  type: IcebergType;
  "initial-default"?: unknown;
  "write-default"?: unknown;
}

type IcebergType =
  | string
  | { type: "struct"; fields: IcebergField[] }
  | { type: "list"; element: IcebergType }
  | { type: "map"; key: IcebergType; value: IcebergType };

/** What an Iceberg schema has and a table that Spark makes has not, in words: Spark shows neither. */
export async function lostInCopy(session: Session, name: TableName): Promise<string[]> {
  const file = await metadataFile(session, name).catch(() => undefined);
  if (!file || /\.gz\./.test(file)) return [];
  const schemas = (text: string) =>
    `select get_json_object(value, '$.current-schema-id') as current, get_json_object(value, '$.schemas') as schemas from ${text}`;
  const lines = `text.${quote(file)}`;
  try {
    // Iceberg writes one line. To put lines together takes Spark as long as to read them.
    const [first, ...more] = await session.query(schemas(lines));
    const whole = `(select concat_ws('', collect_list(value)) as value from ${lines})`;
    const [row] = more.length === 0 ? [first] : await session.query(schemas(whole));
    return lostNotes(String(row?.schemas ?? "[]"), String(row?.current ?? ""));
  } catch (error) {
    // No notes if Spark's text reader can't reach the metadata file, as when only Iceberg's own reader does.
    if (error instanceof SparkError) return [];
    throw error;
  }
}

/** The notes for the schemas of a metadata file, of which one is current. Pure. */
export function lostNotes(schemas: string, current: string): string[] {
  const all = JSON.parse(schemas) as { "schema-id"?: number; fields?: IcebergField[] }[];
  const fields = all.find(schema => String(schema["schema-id"]) === current)?.fields ?? [];
  return fields.flatMap(field => notesOf(field, field.name));
}

function notesOf(field: IcebergField, path: string): string[] {
  const fallback = field["write-default"];
  return [
    ...(fallback === undefined || fallback === null
      ? []
      : [`column ${path}: the default ${JSON.stringify(fallback)} for rows to come is not kept`]),
    ...typeNotes(field.type, path),
  ];
}

function typeNotes(type: IcebergType, path: string): string[] {
  if (typeof type === "string")
    return BECOMES.flatMap(([kind, as]) => (kind.test(type) ? [`column ${path}: ${type} becomes ${as}`] : []));
  switch (type.type) {
    case "struct":
      return type.fields.flatMap(field => notesOf(field, `${path}.${field.name}`));
    case "list":
      return typeNotes(type.element, `${path}.element`);
    case "map":
      return [...typeNotes(type.key, `${path}.key`), ...typeNotes(type.value, `${path}.value`)];
  }
}

const BECOMES: readonly (readonly [RegExp, string])[] = [
  [/^uuid$/, "string"],
  [/^fixed\[/, "binary"],
  [/^time$/, "bigint"],
];
