import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { columnOf, counts, done, encodeResult, KINDS, type StatementResult } from "./encode.ts";
import { duckName, duckText, type SqlToken } from "./lexer.ts";
import { invalid, SqlError, unsupported } from "./refusal.ts";

/** A bound value, by its number or place. */
export type Bindings = Record<string, { type: string; value: string | null }>;

/** What DuckDB may be given, by how it starts. */
const PASSED = /^(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|CREATE TABLE|DROP TABLE|ALTER TABLE)\b/;
const MOST_ROWS = 100_000;

/** Runs a statement that DuckDB understands once its types are called by their names there. */
export async function passThrough(
  connection: DuckDBConnection,
  tokens: readonly SqlToken[],
  bindings: Bindings,
  sql: string,
): Promise<StatementResult> {
  const [, start] =
    PASSED.exec(
      tokens
        .map(({ value }) => value)
        .slice(0, 2)
        .join(" "),
    ) ?? [];
  if (!start) throw unsupported(sql);
  const text = `${duckSql(tokens, start)}${start === "MERGE" ? " returning merge_action" : ""}`;
  const prepared = await connection.prepare(text);
  try {
    bind(prepared, tokens, bindings);
    return await resultOf(prepared, start);
  } finally {
    prepared.destroySync();
  }
}

async function resultOf(prepared: DuckDBPreparedStatement, start: string): Promise<StatementResult> {
  const reader = await prepared.streamAndReadUntil(MOST_ROWS + 1);
  const rows = reader.getRows();
  if (rows.length > MOST_ROWS)
    throw invalid(`a result may have ${MOST_ROWS} rows here; write LIMIT or an aggregate into the query.`);
  const total = Number(rows[0]?.[0] ?? 0);
  switch (start) {
    case "INSERT":
      return counts(KINDS.INSERT, { inserted: total });
    case "UPDATE":
      return counts(KINDS.UPDATE, { updated: total, "multi-joined": 0 });
    case "DELETE":
      return counts(KINDS.DELETE, { deleted: total });
    case "MERGE": {
      const times = (action: string) => rows.filter(([found]) => found === action).length;
      return counts(KINDS.MERGE, { inserted: times("INSERT"), updated: times("UPDATE") });
    }
    case "SELECT":
    case "WITH": {
      const types = reader.columnTypes();
      const columns = reader.columnNames().map((name, i) => columnOf(name, types[i]!));
      const nested = types.some(type => "valueType" in type || "entryTypes" in type);
      const json = nested ? reader.getRowsJson() : [];
      return {
        columns,
        rows: rows.map((row, r) => row.map((value, c) => encodeResult(value, json[r]?.[c]))),
        kind: KINDS.SELECT,
      };
    }
    default:
      return done("Statement executed successfully.");
  }
}

function bind(prepared: DuckDBPreparedStatement, tokens: readonly SqlToken[], bindings: Bindings): void {
  const wanted = tokens.filter(({ kind }) => kind === "bind").length;
  if (wanted > 0 && Object.keys(bindings).length === 0)
    throw new SqlError("002049", "42601", "SQL compilation error: bind variable ? not set.");
  for (let i = 1; i <= prepared.parameterCount; i++) {
    const { type, value } = bindings[prepared.parameterName(i)] ?? { type: "TEXT", value: null };
    if (Array.isArray(value)) throw unsupported("array binds");
    if (value === null) prepared.bindNull(i);
    else if (type === "BOOLEAN") prepared.bindBoolean(i, value === "true");
    else if (type === "REAL") prepared.bindDouble(i, Number(value));
    else prepared.bindVarchar(i, value);
  }
}

function duckSql(tokens: readonly SqlToken[], start: string): string {
  let binds = 0;
  const texts = tokens.map((token, i) => {
    const space = token.spaced ? " " : "";
    if (token.kind === "bind") return `${space}$${token.text === "?" ? ++binds : token.text.slice(1)}`;
    if (token.kind === "string") return space + duckText(token.value);
    if (token.kind === "quoted") return space + duckName(token.value);
    const isType = token.kind === "word" && (tokens[i - 1]?.text === "::" || isDeclared(tokens, i, start));
    return space + (isType ? typeOf(token, tokens[i + 1]) : token.text);
  });
  return texts.join("");
}

// In CREATE TABLE and ALTER TABLE a type follows a column's name; in CAST it follows AS and ends before the bracket.
function isDeclared(tokens: readonly SqlToken[], i: number, start: string): boolean {
  const before = tokens[i - 1];
  if (start === "CREATE TABLE" || start === "ALTER TABLE") return before?.kind === "word" || before?.kind === "quoted";
  return before?.value === "AS" && (tokens[i + 1]?.text === ")" || tokens[i + 1]?.text === "(");
}

function typeOf({ value, text }: SqlToken, next: SqlToken | undefined): string {
  const type = TYPES[value] ?? text;
  return type === "DECIMAL" && next?.text !== "(" ? "DECIMAL(38,0)" : type;
}

const TYPES: Record<string, string> = {
  ...{
    NUMBER: "DECIMAL",
    NUMERIC: "DECIMAL",
    DECIMAL: "DECIMAL",
    INT: "DECIMAL",
    INTEGER: "DECIMAL",
    BIGINT: "DECIMAL",
  },
  ...{ FLOAT: "DOUBLE", FLOAT8: "DOUBLE", STRING: "VARCHAR", TEXT: "VARCHAR", VARIANT: "JSON", BINARY: "BLOB" },
  ...{ TIMESTAMP_NTZ: "TIMESTAMP", TIMESTAMP_LTZ: "TIMESTAMPTZ", TIMESTAMP_TZ: "TIMESTAMPTZ", DATETIME: "TIMESTAMP" },
};
