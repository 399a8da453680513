import type { TypeMessage } from "./messages.ts";
import type { DataType, Field, SimpleKind } from "./types.ts";

interface FieldMessage {
  name: string;
  data_type: TypeMessage;
  nullable: boolean;
  metadata?: string;
}

/** A type as the server describes it. */
export function typeOf(message: TypeMessage): DataType {
  const kind = message.kind ?? "null";
  const inner = message[kind] as Record<string, unknown>;
  switch (kind) {
    case "string":
      return inner.collation && inner.collation !== "UTF8_BINARY"
        ? { kind, collation: String(inner.collation) }
        : { kind };
    case "decimal":
      return { kind, precision: Number(inner.precision ?? 10), scale: Number(inner.scale ?? 0) };
    case "char":
      return { kind, length: Number(inner.length) };
    case "var_char":
      return { kind: "varchar", length: Number(inner.length) };
    case "time":
      return { kind, precision: Number(inner.precision ?? 6) };
    case "year_month_interval":
      return { kind, start: Number(inner.start_field ?? 0), end: Number(inner.end_field ?? 1) };
    case "day_time_interval":
      return { kind, start: Number(inner.start_field ?? 0), end: Number(inner.end_field ?? 3) };
    case "geometry":
    case "geography":
      return { kind, srid: Number(inner.srid) };
    case "array":
      return { kind, element: typeOf(inner.element_type as TypeMessage) };
    case "map":
      return { kind, key: typeOf(inner.key_type as TypeMessage), value: typeOf(inner.value_type as TypeMessage) };
    case "struct":
      return { kind, fields: (inner.fields as FieldMessage[]).map(fieldOf) };
    case "udt":
      return inner.sql_type ? typeOf(inner.sql_type as TypeMessage) : { kind: "unparsed", text: String(inner.type) };
    case "unparsed":
      return { kind, text: String(inner.data_type_string) };
    default:
      return { kind: kind as SimpleKind };
  }
}

function fieldOf({ name, data_type, nullable, metadata }: FieldMessage): Field {
  const known = metadata && metadata !== "{}" ? (JSON.parse(metadata) as Record<string, unknown>) : undefined;
  return { name, type: typeOf(data_type), nullable, ...(known && { metadata: known }) };
}
