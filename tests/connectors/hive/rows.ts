import { quote } from "../../../connectors/iceberg/names.ts";
import { plainDecimal } from "../../../connectors/spark/protocol/literal.ts";
import type { DataType } from "../../../connectors/spark/protocol/types.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { Hive } from "./hive.ts";

/** The rows of a table or view as Hive sees them, in an order of their own; columns in the order that is given. */
export async function rowsInHive(hive: Hive, table: string, columns: readonly Named[]): Promise<string[]> {
  const names = columns.map(({ name }) => quote(name)).join(", ");
  return canonical(await hive.answers(`select ${names} from ${table}`), columns);
}

/** The rows of a table as Spark sees them, in the same form. */
export async function rowsInSpark(session: Session, table: string, columns: readonly Named[]): Promise<string[]> {
  const cells = columns.map(({ name, type }) => `coalesce(${asText(quote(name), type)}, 'NULL')`);
  const rows = await session.query(`select concat_ws('\t', ${cells.join(", ")}) as line from ${table}`);
  return canonical(
    rows.map(row => String(row.line)),
    columns,
  );
}

/** A column whose rows are compared. */
export interface Named {
  name: string;
  type: DataType;
}

/** The columns of a table, in its order. */
export async function columnsIn(session: Session, table: string): Promise<Named[]> {
  const schema = await session.schema(`select * from ${table}`);
  return schema.kind === "struct" ? schema.fields : [];
}

function asText(column: string, { kind }: DataType): string {
  return NESTED.has(kind) ? `to_json(${column}, map('ignoreNullFields', 'false'))` : `cast(${column} as string)`;
}

const NESTED: ReadonlySet<string> = new Set(["array", "map", "struct"]);

function canonical(rows: readonly string[], columns: readonly Named[]): string[] {
  return rows
    .map(row => row.split("\t").map((cell, index) => cellOf(cell, columns[index]?.type.kind ?? "string")))
    .map(cells => cells.join(" | "))
    .sort();
}

// Hive and Spark write numbers and nested values each in their own way; what they mean is compared.
function cellOf(text: string, kind: string): string {
  // So Hive calls the missing value of a partition column of text, which arrives as null.
  if (text === "NULL" || text === "__HIVE_DEFAULT_PARTITION__") return "NULL";
  if (NUMBERS.has(kind) && text !== "") return String(Number(text));
  if (kind === "decimal") return digitsOf(plainDecimal(text));
  if (kind === "timestamp") return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  if (!NESTED.has(kind)) return text;
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function digitsOf(text: string): string {
  const short = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return short.replace(/^(-?)\./, "$10.");
}

const NUMBERS: ReadonlySet<string> = new Set(["byte", "short", "integer", "long", "float", "double"]);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
