import { SparkError } from "../errors.ts";
import { type Arguments, bind } from "./bind.ts";
import type { Expression, PlanMessage, Relation } from "./messages.ts";

export type { PlanMessage } from "./messages.ts";

/** A SELECT that SQL reads under an alias, observed as its rows pass. */
export interface ObservedRelation {
  alias: string;
  source: string;
  /** `metrics` are SQL aggregates, each with its name: `count(*) as n`. */
  observe: { name: string; metrics: string[] };
}

/** A statement that writes, and the rows it reads under an alias. */
export interface Copy extends ObservedRelation {
  /** SQL that reads from `alias`. */
  into: string;
  /** What the source itself reads under an alias, where that is observed too. */
  from?: ObservedRelation;
}

/** What a streaming query reads: a source of Spark's with its options, and its name in the SQL. */
export interface StreamSource {
  alias: string;
  /** `kafka`, `rate`. */
  format: string;
  options: Record<string, string>;
}

/** The plan of a SELECT. */
export function queryPlan(sql: string, args?: Arguments): PlanMessage {
  return { root: sqlRelation(select(sql), args) };
}

/** The plan of a command: DDL, DML, CALL, SHOW, DESCRIBE. */
export function commandPlan(sql: string, args?: Arguments): PlanMessage {
  return { command: { sql_command: { input: sqlRelation(sql, args) } } };
}

/** The plan of a copy: an alias stands for its source, wrapped in what observes it. */
export function copyPlan({ into, from, ...source }: Copy, args?: Arguments): PlanMessage {
  const root = sqlRelation(select(source.source), args);
  const read = from ? withRelation(root, observed(from, sqlRelation(select(from.source), args))) : root;
  return { command: { sql_command: { input: withRelation(sqlRelation(into, args), observed(source, read)) } } };
}

/** Files to read as they are: `binaryFile` for their names and sizes, `parquet` and the like for what is in them. */
export interface FileSource {
  format: string;
  /** Files, or folders with all that is below them; what looks like a pattern is a name. */
  paths: readonly string[];
  /** The columns as they are to be read, as `create table` lists them; else the files themselves tell. */
  schema?: string;
  /** Takes the columns of all files together, and not those of one. */
  mergeSchema?: boolean;
  /** The paths are patterns. */
  isPattern?: boolean;
  /** Options of the format. */
  options?: Readonly<Record<string, string>>;
  /** What is read of them, as SQL: here alone `_metadata` is known, the file of a row. All columns where nothing is said. */
  select?: readonly string[];
}

/** The plan that reads files; with a SELECT, of which they are the relation `files`. */
export function filesPlan(files: FileSource, sql?: string): PlanMessage {
  return { root: filesRelation(files, sql) };
}

function filesRelation(
  { format, paths, schema, mergeSchema = false, isPattern = false, options: more, select: columns }: FileSource,
  sql?: string,
): Relation {
  const merge = mergeSchema ? { mergeSchema: "true" } : {};
  const options = { recursiveFileLookup: "true", __globPaths__: String(isPattern), ...merge, ...more };
  const read = relation({
    read: { is_streaming: false, data_source: { format, options, paths, ...(schema && { schema }) } },
  });
  const input = columns ? relation({ project: { input: read, expressions: expressions(columns) } }) : read;
  if (sql === undefined) return input;
  return withRelation(sqlRelation(select(sql)), relation({ subquery_alias: { input, alias: "files" } }));
}

/** A temporary view of files or of a SELECT, whose rows are observed whenever it is read. */
export interface ViewRelation {
  of: FileSource | string;
  observe?: ObservedRelation["observe"];
}

/** The plan that makes a temporary view, or replaces it. What its SELECT reads is looked up now. */
export function viewPlan(name: string, { of, observe }: ViewRelation): PlanMessage {
  const rows = typeof of === "string" ? sqlRelation(select(of)) : filesRelation(of);
  const input = observe ? observedRows(rows, observe) : rows;
  return { command: { create_dataframe_view: { input, name, is_global: false, replace: true } } };
}

/** The plan of a SELECT over a streaming source that goes by `alias` in it. */
export function streamRelation(sql: string, source: StreamSource, args?: Arguments): Relation {
  const { alias, format, options } = source;
  const input = relation({ read: { is_streaming: true, data_source: { format, options } } });
  return withRelation(sqlRelation(select(sql), args), relation({ subquery_alias: { input, alias } }));
}

function withRelation(root: Relation, reference: Relation): Relation {
  return relation({ with_relations: { root, references: [reference] } });
}

function observed({ alias, observe }: ObservedRelation, input: Relation): Relation {
  return relation({ subquery_alias: { input: observedRows(input, observe), alias } });
}

function observedRows(input: Relation, observe: ObservedRelation["observe"]): Relation {
  return relation({ collect_metrics: { input, name: observe.name, metrics: expressions(observe.metrics) } });
}

function expressions(sql: readonly string[]): Expression[] {
  return sql.map(expression => ({ expression_string: { expression } }));
}

// Each relation needs an id of its own, or figures of one are told of another.
let planIds = 0;

/** A relation with an id that no other has. */
export function relation(kind: Relation): Relation {
  planIds += 1;
  return { common: { plan_id: String(planIds) }, ...kind };
}

/** A SELECT or a command. */
export function sqlRelation(sql: string, args?: Arguments): Relation {
  return relation({ sql: { query: bind(sql, args) } });
}

const CALL = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*call\b/i;

/** Spark runs a procedure while it analyses the statement, so a CALL may be sent in one way only. */
function select(sql: string): string {
  if (!CALL.test(sql)) return sql;
  throw new SparkError("A CALL changes things and must run once: send it with command(), not as a query.");
}
