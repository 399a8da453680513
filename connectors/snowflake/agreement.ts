import { numberText } from "../spark/protocol/text.ts";
import type { SnowflakeRow } from "./connect.ts";
import { qualified, type SnowflakeTable } from "./names.ts";

/** How the smallest and largest value of a column are told and compared; `count`: not at all. */
type Kind = "number" | "double" | "text" | "date" | "ntz" | "ltz" | "boolean" | "count";

/** A column of a registered table: its names on both sides. */
export interface FigureColumn {
  /** Exactly as DESCRIBE gives it. */
  name: string;
  source: string;
  kind: Kind;
}

/** What a table says of itself: its rows, and per column how many values, the smallest and the largest. */
export interface TableFigures {
  rows: string;
  columns: { name: string; kind: Kind; count: string; min?: string | null; max?: string | null }[];
}

/** Pairs the columns that Snowflake describes with those of the source; `differences` says what has no partner. */
export function pairColumns(described: readonly SnowflakeRow[], source: readonly string[], theirs = "in the source") {
  const left = new Set(source);
  const columns: FigureColumn[] = [];
  const differences: string[] = [];
  for (const { name, type } of described) {
    if (name === null || name === undefined) continue;
    const found = left.has(name) ? name : [...left].find(other => other.toLowerCase() === name.toLowerCase());
    if (found === undefined) differences.push(`column ${name} is in Snowflake and not ${theirs}`);
    else {
      left.delete(found);
      columns.push({ name, source: found, kind: kindOf(type ?? "") });
    }
  }
  for (const name of left) differences.push(`column ${name} is not in Snowflake`);
  return { columns, differences };
}

/** The statement that asks Snowflake for a table's figures: one row. */
export function snowflakeFigures(table: SnowflakeTable, columns: readonly FigureColumn[]): string {
  return statement(columns, `FROM ${qualified(table)}`, ({ name }) => `"${name.replaceAll('"', '""')}"`, IN_SNOWFLAKE);
}

/**
 * The statement that asks Spark for the same figures of the same rows, in a session whose zone is UTC. `from` is a
 * table and its snapshot as Spark takes them, `quote` quotes a name for Spark.
 */
export function sparkFigures(columns: readonly FigureColumn[], from: string, quote: (name: string) => string): string {
  return statement(columns, `FROM ${from}`, ({ source }) => quote(source), IN_SPARK);
}

/** The figures in the one row that either statement gives. */
export function readFigures(row: Readonly<Record<string, unknown>>, columns: readonly FigureColumn[]): TableFigures {
  const text = (key: string) => (row[key] === null || row[key] === undefined ? null : String(row[key]));
  return {
    rows: text("ROW_COUNT") ?? "",
    columns: columns.map(({ source, kind }, i) => ({
      name: source,
      kind,
      count: text(`COUNT_${i}`) ?? "",
      ...(kind !== "count" && { min: plain(text(`MIN_${i}`), kind), max: plain(text(`MAX_${i}`), kind) }),
    })),
  };
}

/** Where the figures of two tables part, a sentence each; none where they agree. */
export function figureDifferences(snowflake: TableFigures, source: TableFigures, theirs = "in the source"): string[] {
  const difference = (what: string, here?: string | null, there?: string | null, kind?: Kind) =>
    isSame(here, there, kind) ? [] : [`${what}: ${here ?? "none"} in Snowflake, ${there ?? "none"} ${theirs}`];
  return [
    ...difference("rows", snowflake.rows, source.rows),
    ...source.columns.flatMap(({ name, kind, count, min, max }, i) => {
      const found = snowflake.columns[i];
      return [
        ...difference(`values of ${name}`, found?.count, count),
        ...difference(`smallest ${name}`, found?.min, min, kind),
        ...difference(`largest ${name}`, found?.max, max, kind),
      ];
    }),
  ];
}

type Render = Record<Exclude<Kind, "count">, (value: string) => string>;

// Texts may be long, and the same first part of them is proof enough here.
const SHORT = (value: string) => `LEFT(${value}, 200)`;
const MICROSECONDS = "'YYYY-MM-DD HH24:MI:SS.FF6'";
const IN_SNOWFLAKE: Render = {
  number: value => `${value}::VARCHAR`,
  double: value => `${value}::DOUBLE::VARCHAR`,
  boolean: value => `${value}::VARCHAR`,
  text: SHORT,
  date: value => `TO_VARCHAR(${value}, 'YYYY-MM-DD')`,
  ntz: value => `TO_VARCHAR(${value}, ${MICROSECONDS})`,
  ltz: value => `TO_VARCHAR(CONVERT_TIMEZONE('UTC', ${value}), ${MICROSECONDS})`,
};
const IN_SPARK: Render = {
  number: value => `cast(${value} as string)`,
  double: value => `cast(cast(${value} as double) as string)`,
  boolean: value => `cast(${value} as string)`,
  text: SHORT,
  date: value => `cast(${value} as string)`,
  ntz: value => `cast(${value} as string)`,
  ltz: value => `cast(${value} as string)`,
};

function statement(
  columns: readonly FigureColumn[],
  from: string,
  named: (column: FigureColumn) => string,
  render: Render,
): string {
  const figures = columns.flatMap((column, i) => {
    const name = named(column);
    if (column.kind === "count") return [`COUNT(${name}) AS COUNT_${i}`];
    // Not every engine orders booleans.
    const value = column.kind === "boolean" ? `CAST(${name} AS INT)` : name;
    const shown = (aggregate: string) => render[column.kind as keyof Render](`${aggregate}(${value})`);
    return [`COUNT(${name}) AS COUNT_${i}`, `${shown("MIN")} AS MIN_${i}`, `${shown("MAX")} AS MAX_${i}`];
  });
  return `SELECT ${["COUNT(*) AS ROW_COUNT", ...figures].join(",\n  ")}\n${from}`;
}

function kindOf(type: string): Kind {
  const [, name = ""] = /^(\w+)/.exec(type.toUpperCase()) ?? [];
  return KINDS[name] ?? "count";
}

const KINDS: Record<string, Kind> = {
  ...{ NUMBER: "number", DECIMAL: "number", FIXED: "number", FLOAT: "double", REAL: "double", DOUBLE: "double" },
  ...{ VARCHAR: "text", TEXT: "text", STRING: "text", CHAR: "text", BOOLEAN: "boolean", DATE: "date" },
  ...{ TIMESTAMP_NTZ: "ntz", TIMESTAMP_LTZ: "ltz", TIMESTAMP_TZ: "ltz" },
};

// Every engine writes a value in its own way; this is the same text for the same value.
function plain(text: string | null, kind: Kind): string | null {
  if (text === null) return null;
  if (kind === "number") return numberText(text);
  if (kind === "ntz" || kind === "ltz") return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return kind === "double" ? String(Number(text.replace(/^([+-]?)inf(inity)?$/i, "$1Infinity"))) : text;
}

function isSame(one: string | null | undefined, other: string | null | undefined, kind?: Kind): boolean {
  if ((one ?? null) === (other ?? null)) return true;
  if (kind !== "double" || !one || !other) return false;
  // Snowflake writes ten digits of a double.
  const [a, b] = [Number(one), Number(other)];
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) && Number.isFinite(a) && Number.isFinite(b);
}
