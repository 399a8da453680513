import { type Arguments, bind } from "./bind.ts";
import { SparkError } from "./errors.ts";
import type { Plan, Relation } from "./messages.ts";

export type { Plan } from "./messages.ts";

/** A SELECT that SQL reads under an alias, observed as its rows pass. */
export interface Observed {
  alias: string;
  source: string;
  /** `metrics` are SQL aggregates, each with its name: `count(*) as n`. */
  observe: { name: string; metrics: string[] };
}

/** A statement that writes, and the rows it reads under an alias. */
export interface Copy extends Observed {
  /** SQL that reads from `alias`. */
  into: string;
  /** What the source itself reads under an alias, where that is observed too. */
  from?: Observed;
}

/** What a streaming query reads: a source of Spark's with its options, and its name in the SQL. */
export interface StreamSource {
  alias: string;
  /** `kafka`, `rate`. */
  format: string;
  options: Record<string, string>;
}

/** The plan of a SELECT. */
export function queryPlan(sql: string, args?: Arguments): Plan {
  return { root: sqlRelation(select(sql), args) };
}

/** The plan of a command: DDL, DML, CALL, SHOW, DESCRIBE. */
export function commandPlan(sql: string, args?: Arguments): Plan {
  return { command: { sql_command: { input: sqlRelation(sql, args) } } };
}

/** The plan of a copy: an alias stands for its source, wrapped in what observes it. */
export function copyPlan({ into, from, ...source }: Copy, args?: Arguments): Plan {
  const root = sqlRelation(select(source.source), args);
  const read = from ? withRelation(root, observed(from, sqlRelation(select(from.source), args))) : root;
  return { command: { sql_command: { input: withRelation(sqlRelation(into, args), observed(source, read)) } } };
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

function observed({ alias, observe }: Observed, input: Relation): Relation {
  const metrics = observe.metrics.map(expression => ({ expression_string: { expression } }));
  return relation({
    subquery_alias: { input: relation({ collect_metrics: { input, name: observe.name, metrics } }), alias },
  });
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
