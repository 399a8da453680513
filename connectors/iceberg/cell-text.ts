import { type DataType, ddl } from "../spark/protocol/types.ts";
import { quote, sparkLiteral } from "./names.ts";

/** A column whose values are shown and edited as text. */
export interface TextColumn {
  name: string;
  type: DataType;
}

/**
 * A column as the text that stands for its values on pages and in the API. Whatever can be edited is read back from
 * this text as the same value; binary is in hexadecimal digits, nested values are JSON.
 */
export function textSql({ name, type }: TextColumn, of = ""): string {
  const column = `${of}${quote(name)}`;
  if (type.kind === "binary") return `lower(hex(${column}))`;
  if (type.kind === "null") return "cast(null as string)";
  return isNested(type) ? `to_json(${column}, ${JSON_OPTIONS})` : `cast(${column} as string)`;
}

/** A value of a type from its text, as SQL. A text that `problemWith` refuses would become null. */
export function valueSql(type: DataType, text: string | null): string {
  if (text === null) return `cast(null as ${ddl(type)})`;
  if (type.kind === "string") return sparkLiteral(text);
  if (type.kind === "binary") return `unhex(${sparkLiteral(hexOf(text))})`;
  return `try_cast(${sparkLiteral(text.trim())} as ${ddl(type)})`;
}

/** Whether a column has the value that a text stands for, as SQL; null is equal to null. */
export function sameSql(column: TextColumn, text: string | null, of = ""): string {
  const same = isNested(column.type)
    ? `${textSql(column, of)} <=> ${text === null ? "null" : sparkLiteral(text)}`
    : `${of}${quote(column.name)} <=> ${valueSql(column.type, text)}`;
  // A text that is no value of the type is never the value of a row.
  return text !== null && problemWith(column.type, text) && !isNested(column.type) ? "false" : same;
}

/** What rows are sorted by: Spark has no order for maps and variants, whose text is taken instead. */
export function orderSql(column: TextColumn): string {
  return isOrdered(column.type) ? quote(column.name) : textSql(column);
}

/** Whether Spark knows which of two values comes first. */
function isOrdered(type: DataType): boolean {
  switch (type.kind) {
    case "array":
      return isOrdered(type.element);
    case "struct":
      return type.fields.every(field => isOrdered(field.type));
    default:
      return !["map", "variant", "null", "calendar_interval", "geometry", "geography", "unparsed"].includes(type.kind);
  }
}

/** Why values of a type can't be edited as text, or undefined where they can. */
export function whyNotEditable(type: DataType): string | undefined {
  if (isNested(type))
    return `${type.kind === "array" ? "An" : "A"} ${type.kind} is shown as JSON and can't be edited here: change it with Spark SQL. It stays as it is.`;
  if (EDITABLE.has(type.kind)) return undefined;
  return `A value of type ${ddl(type)} can't be edited here: change it with Spark SQL. It stays as it is.`;
}

/** What is wrong with a text as a value of a type, in one sentence; undefined where it is one. */
export function problemWith(type: DataType, given: string): string | undefined {
  const text = given.trim();
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const no = (expected: string) => `"${shown}" is no ${ddl(type)}: expected ${expected}.`;
  switch (type.kind) {
    case "string":
      return undefined;
    case "binary":
      return /^[0-9a-f]*$/.test(hexOf(given)) && hexOf(given).length % 2 === 0
        ? undefined
        : no("pairs of hexadecimal digits, such as 00ff");
    case "boolean":
      return /^(true|false)$/i.test(text) ? undefined : no("true or false");
    case "byte":
    case "short":
    case "integer":
    case "long": {
      const [least, most] = RANGES[type.kind];
      if (!/^[+-]?\d{1,40}$/.test(text)) return no("a whole number, such as 42");
      const value = BigInt(text.replace(/^\+/, ""));
      return value >= least && value <= most ? undefined : no(`a whole number from ${least} to ${most}`);
    }
    case "float":
    case "double": {
      if (/^(NaN|[+-]?Infinity)$/.test(text)) return undefined;
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return no("a number, such as 1.5");
      const value = type.kind === "float" ? Math.fround(Number(text)) : Number(text);
      return Number.isFinite(value) ? undefined : no("a smaller number");
    }
    case "decimal": {
      const { precision, scale } = type;
      const parts = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(text);
      const [, whole = "", fraction = ""] = parts ?? [];
      if (!parts || whole + fraction === "") return no("a number, such as 1.50");
      if (fraction.replace(/0+$/, "").length > scale) return no(`at most ${scale} digits after the point`);
      if (whole.replace(/^0+/, "").length > precision - scale)
        return no(`at most ${precision - scale} digits before the point`);
      return undefined;
    }
    case "date":
      return isDate(text) ? undefined : no("a date, such as 2026-11-29");
    case "timestamp":
    case "timestamp_ntz": {
      const found = /^([+-]?\d{4,6}-\d\d-\d\d)(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(.*))?$/.exec(text);
      const [, date = "", zone = ""] = found ?? [];
      const zoned = type.kind === "timestamp" && /^ ?(Z|UTC|[+-]\d\d:\d\d)$/.test(zone);
      const time = /[ T](\d\d):(\d\d)(?::(\d\d))?/.exec(text);
      const hours = !time || (Number(time[1]) < 24 && Number(time[2]) < 60 && Number(time[3] ?? 0) < 60);
      return found && isDate(date) && hours && (zone === "" || zoned)
        ? undefined
        : no(`a time ${type.kind === "timestamp" ? "in UTC" : "without a zone"}, such as 2026-11-29 10:00:00.123456`);
    }
    default:
      return whyNotEditable(type);
  }
}

/** Whether values of a type have parts of their own, and are shown as JSON. */
export function isNested({ kind }: DataType): boolean {
  return kind === "struct" || kind === "array" || kind === "map" || kind === "variant";
}

const JSON_OPTIONS = `map('ignoreNullFields', 'false', 'timestampFormat', "yyyy-MM-dd HH:mm:ss.SSSSSS", 'timestampNTZFormat', "yyyy-MM-dd HH:mm:ss.SSSSSS")`;

const EDITABLE: ReadonlySet<string> = new Set([
  ...["string", "binary", "boolean", "byte", "short", "integer", "long", "float", "double", "decimal"],
  ...["date", "timestamp", "timestamp_ntz"],
]);

const RANGES = {
  byte: [-128n, 127n],
  short: [-32_768n, 32_767n],
  integer: [-2_147_483_648n, 2_147_483_647n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

function hexOf(text: string): string {
  return text.replace(/\s+/g, "").replace(/^0x/i, "").toLowerCase();
}

function isDate(text: string): boolean {
  const [, sign = "", year = "", month = "", day = ""] = /^([+-]?)(\d{4,6})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === "" || (sign === "" && year.length > 4)) return false;
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(Number(`${sign}${year}`), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
