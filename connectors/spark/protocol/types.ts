/** A type of Spark SQL. Nested types nest as objects do. */
export type DataType =
  | { kind: SimpleKind }
  | { kind: "string"; collation?: string }
  | { kind: "decimal"; precision: number; scale: number }
  | { kind: "char" | "varchar"; length: number }
  | { kind: "time"; precision: number }
  | { kind: "year_month_interval" | "day_time_interval"; start: number; end: number }
  | { kind: "geometry" | "geography"; srid: number }
  | { kind: "array"; element: DataType }
  | { kind: "map"; key: DataType; value: DataType }
  | { kind: "struct"; fields: Field[] }
  | { kind: "unparsed"; text: string };

/** A field of a struct, or a column: a query's schema is a struct of its columns. */
export interface Field {
  name: string;
  type: DataType;
  nullable: boolean;
  metadata?: Record<string, unknown>;
}

/** The kinds that need no more than their name. */
export type SimpleKind = keyof typeof SIMPLE;

const SIMPLE = {
  null: "void",
  binary: "binary",
  boolean: "boolean",
  byte: "tinyint",
  short: "smallint",
  integer: "int",
  long: "bigint",
  float: "float",
  double: "double",
  date: "date",
  timestamp: "timestamp",
  timestamp_ntz: "timestamp_ntz",
  calendar_interval: "interval",
  variant: "variant",
} as const;

const YEAR_MONTH = ["year", "month"];
const DAY_TIME = ["day", "hour", "minute", "second"];

/** The type as Spark SQL writes it, ready for `cast` and `create table`. */
export function ddl(type: DataType): string {
  switch (type.kind) {
    case "string":
      return type.collation ? `string collate ${type.collation}` : "string";
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "char":
    case "varchar":
      return `${type.kind}(${type.length})`;
    case "time":
      return `time(${type.precision})`;
    case "year_month_interval":
      return interval(YEAR_MONTH, type.start, type.end);
    case "day_time_interval":
      return interval(DAY_TIME, type.start, type.end);
    case "geometry":
    case "geography":
      return `${type.kind}(${type.srid})`;
    case "array":
      return `array<${ddl(type.element)}>`;
    case "map":
      return `map<${ddl(type.key)}, ${ddl(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map(field => `${quoted(field.name)}: ${ddl(field.type)}`).join(", ")}>`;
    case "unparsed":
      return type.text;
    default:
      return SIMPLE[type.kind];
  }
}

function interval(units: string[], start: number, end: number): string {
  return start === end ? `interval ${units[start]}` : `interval ${units[start]} to ${units[end]}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
