import {
  BIGINT,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";

/** A column as the driver is told of it. */
export interface ResultColumn {
  name: string;
  type: string;
  nullable: boolean;
  precision: number | null;
  scale: number | null;
  length: number | null;
}

/** What a statement gives: columns, rows of texts, and Snowflake's number for its kind. */
export interface StatementResult {
  columns: ResultColumn[];
  rows: (string | null)[][];
  kind: number;
}

/** Snowflake's numbers for kinds of statements. */
export const KINDS = { SELECT: 0x1000, INSERT: 0x3100, UPDATE: 0x3200, DELETE: 0x3300, MERGE: 0x3400, DDL: 0x6000 };

/** A result of texts, as SHOW and DESC give them. */
export function texts(names: readonly string[], rows: (string | null)[][], kind = KINDS.DDL): StatementResult {
  const text = { type: "text", nullable: true, precision: null, scale: null, length: 16_777_216 };
  return { columns: names.map(name => ({ ...text, name })), rows, kind };
}

/** The one line that a statement gives which has no rows of its own. */
export function done(message: string): StatementResult {
  return texts(["status"], [[message]]);
}

/** The counts that a statement gives which changes rows. */
export function counts(kind: number, figures: Record<string, number>): StatementResult {
  const names = Object.keys(figures).map(verb => `number of rows ${verb}`);
  const columns = names.map(name => columnOf(name, BIGINT));
  return { columns, rows: [Object.values(figures).map(String)], kind };
}

/** A column of DuckDB's as Snowflake names and types it. Simple names are told in capitals, as unquoted ones are there. */
export function columnOf(name: string, type: Pick<DuckDBType, "typeId" | "alias">): ResultColumn {
  const [kind, precision, scale] =
    type instanceof DuckDBDecimalType ? ["fixed", type.width, type.scale] : (TYPES[type.typeId] ?? ["text"]);
  return {
    name: capitals(name),
    type: type.alias === "JSON" ? "variant" : String(kind),
    nullable: true,
    precision: Number(precision ?? 0) || null,
    scale: kind === "fixed" ? Number(scale ?? 0) : (FRACTIONS[String(kind)] ?? null),
    length: kind === "text" ? 16_777_216 : kind === "binary" ? 8_388_608 : null,
  };
}

/** A name as DESC and results show it. */
export function capitals(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name.toUpperCase() : name;
}

/** A type as DESC shows it. */
export function typeName({ type, precision, scale, length }: ResultColumn): string {
  if (type === "fixed") return `NUMBER(${precision},${scale})`;
  if (type === "text") return `VARCHAR(${length})`;
  if (type === "real") return "FLOAT";
  const upper = type.toUpperCase();
  if (type === "binary") return `${upper}(${length})`;
  return scale === null ? upper : `${upper}(${scale})`;
}

/** A value as it stands in a reply; `json` is the same value as JSON has it, for what is nested. */
export function encodeResult(value: DuckDBValue, json: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return seconds(value.micros);
  if (value instanceof DuckDBTimeValue) return seconds(value.micros);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex").toUpperCase();
  return typeof json === "object" ? JSON.stringify(json) : String(value);
}

const FRACTIONS: Record<string, number> = { time: 6, timestamp_ntz: 6, timestamp_ltz: 6 };
const TYPES: Partial<Record<DuckDBTypeId, [string, number?, number?]>> = {
  [DuckDBTypeId.BOOLEAN]: ["boolean"],
  [DuckDBTypeId.TINYINT]: ["fixed", 3],
  [DuckDBTypeId.SMALLINT]: ["fixed", 5],
  [DuckDBTypeId.INTEGER]: ["fixed", 10],
  [DuckDBTypeId.BIGINT]: ["fixed", 19],
  [DuckDBTypeId.UBIGINT]: ["fixed", 20],
  [DuckDBTypeId.HUGEINT]: ["fixed", 38],
  [DuckDBTypeId.FLOAT]: ["real"],
  [DuckDBTypeId.DOUBLE]: ["real"],
  [DuckDBTypeId.BLOB]: ["binary"],
  [DuckDBTypeId.DATE]: ["date"],
  [DuckDBTypeId.TIME]: ["time"],
  [DuckDBTypeId.TIMESTAMP]: ["timestamp_ntz"],
  [DuckDBTypeId.TIMESTAMP_TZ]: ["timestamp_ltz"],
  [DuckDBTypeId.LIST]: ["array"],
  [DuckDBTypeId.STRUCT]: ["object"],
  [DuckDBTypeId.MAP]: ["object"],
};

function seconds(micros: bigint): string {
  const [sign, size] = micros < 0n ? ["-", -micros] : ["", micros];
  return `${sign}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, "0")}`;
}
