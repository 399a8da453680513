/** A statement or login that is refused: Snowflake's code and SQL state, and a sentence for a person. */
export class SqlError extends Error {
  override name = "SqlError";
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

/** Refuses what this stand-in does not do; it never succeeds silently. */
export function unsupported(what: string): SqlError {
  const text = what.length > 200 ? `${what.slice(0, 200)}…` : what;
  return new SqlError("000002", "0A000", `Local Snowflake stand-in: unsupported statement or feature: ${text}`);
}

/** Refuses a name that nothing has. */
export function missing(kind: string, name: string): SqlError {
  return new SqlError("002003", "02000", `${kind} '${name}' does not exist or not authorized.`);
}

/** Refuses to make what is there already. */
export function exists(kind: string, name: string): SqlError {
  return new SqlError("002002", "42710", `SQL compilation error: ${kind} '${name}' already exists.`);
}

/** Refuses a value that cannot be right; which code Snowflake has for each is not known here. */
export function invalid(message: string): SqlError {
  return new SqlError("001008", "22023", `Local Snowflake stand-in: ${message}`);
}

/** What DuckDB says, as Snowflake would shape it. */
export function sqlErrorOf(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  const [first = "", ...lines] = (error instanceof Error ? error.message : String(error)).split("\n");
  const message = [first, ...lines.filter(line => /^(Did you mean|Candidate)/.test(line))].join(" ");
  for (const [pattern, code, sqlState, before] of SHAPES)
    if (pattern.test(message)) return new SqlError(code, sqlState, `${before}${message}`);
  return new SqlError("000603", "XX000", `Local Snowflake stand-in: ${message}`);
}

const COMPILATION = "SQL compilation error (local stand-in, on DuckDB): ";
const SHAPES = [
  [/interrupt/i, "000604", "57014", "SQL execution canceled: "],
  [/^Catalog Error.*already exists/, "002002", "42710", COMPILATION],
  [/^Catalog Error/, "002003", "42S02", COMPILATION],
  [/^Parser Error/, "001003", "42000", COMPILATION],
  [/^Binder Error/, "000904", "42000", COMPILATION],
  [/^Invalid Input Error: Cannot prepare multiple/, "000008", "0A000", COMPILATION],
  [/^Conversion Error/, "100038", "22018", ""],
  [/^Constraint Error/, "100072", "22000", ""],
] as const;
