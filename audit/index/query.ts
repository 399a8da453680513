import type { SQLInputValue } from "node:sqlite";
import type { Status } from "../../jobs/states.ts";
import { type Span, spanOf } from "./key.ts";
import type { Store } from "./store.ts";
import { fold, phraseOf } from "./text.ts";

/** Which jobs. What is left out, or empty, restricts nothing. */
export interface JobQuery {
  status?: Status | undefined;
  type?: string | undefined;
  /** Only these types; an empty list means none. */
  types?: readonly string[] | undefined;
  notTypes?: readonly string[] | undefined;
  person?: string | undefined;
  /** When the job ended: an ISO date, which is its whole day in UTC, or an instant. Both ends count. */
  from?: string | undefined;
  to?: string | undefined;
  /** How the name of a source or target starts: `hive.sales.orders`, `lake.sales`. */
  table?: string | undefined;
  /** A part of the id, type, namespace, tables, note, person, file or errors, in upper or lower case. */
  text?: string | undefined;
  limit?: number | undefined;
  /** The cursor of the last row that was shown: what is older. */
  before?: string | undefined;
  /** The cursor of the first row that was shown: what is newer, and next to it. */
  after?: string | undefined;
}

/** A condition for the `where` of a statement, and its values. */
export interface Condition {
  sql: string;
  values: SQLInputValue[];
}

// What so few rows have is gathered first; what more have is met soon enough from the newest on.
const FEW = 2000;

/** Conditions on `jobs j`. */
export function conditionsOf(store: Store, query: JobQuery): Condition[] {
  return [
    ...facetConditions(query),
    ...keyConditions(spanOf(query.from, query.to)),
    ...tableConditions(store, query.table),
    ...textConditions(store, query),
  ];
}

/** Conditions on `rollup j`. Undefined where it can't answer the query. */
export function rollupConditions(query: JobQuery): Condition[] | undefined {
  const span = spanOf(query.from, query.to);
  if (query.table || fold(query.text ?? "").trim() || !span.whole) return undefined;
  return [
    query.person ? { sql: "j.scope = 1", values: [] } : { sql: "j.scope = 0 and j.person = ''", values: [] },
    ...facetConditions(query),
    ...(span.firstDay === undefined ? [] : [{ sql: "j.day >= ?", values: [span.firstDay] }]),
    ...(span.lastDay === undefined ? [] : [{ sql: "j.day <= ?", values: [span.lastDay] }]),
  ];
}

/** Conditions as one `where`, and all their values. */
export function whereOf(conditions: readonly Condition[]): Condition {
  const sql = conditions.length === 0 ? "" : `where ${conditions.map(condition => condition.sql).join(" and ")}`;
  return { sql, values: conditions.flatMap(condition => condition.values) };
}

/** That a name, of a row of `names`, starts with a text. */
export function nameCondition(table: string): Condition {
  const start = fold(table);
  return { sql: "folded >= ? and folded < ?", values: [start, `${start}\u{10FFFF}`] };
}

function facetConditions({ status, type, types, notTypes, person }: JobQuery): Condition[] {
  return [
    ...(person ? [{ sql: "j.person = ?", values: [person] }] : []),
    ...(status ? [{ sql: "j.status = ?", values: [status] }] : []),
    ...(type ? [{ sql: "j.type = ?", values: [type] }] : []),
    ...(types ? [{ sql: "j.type in (select value from json_each(?))", values: [JSON.stringify(types)] }] : []),
    ...(notTypes?.length
      ? [{ sql: "j.type not in (select value from json_each(?))", values: [JSON.stringify(notTypes)] }]
      : []),
  ];
}

function keyConditions({ first, last }: Span): Condition[] {
  return [
    ...(first === undefined ? [] : [{ sql: "j.key >= ?", values: [first] }]),
    ...(last === undefined ? [] : [{ sql: "j.key <= ?", values: [last] }]),
  ];
}

function tableConditions(store: Store, table: string | undefined): Condition[] {
  if (!table) return [];
  const name = nameCondition(table);
  const names = `select id from names where ${name.sql}`;
  const jobs = ["source", "target"]
    .map(side => `select job from outcomes where ${side} in (${names})`)
    .join(" union all ");
  const values = [...name.values, ...name.values];
  const found = store.get<{ rows: number }>(`select count(*) as rows from (${jobs} limit ${FEW})`, values)!;
  if (found.rows < FEW) return [{ sql: `j.key in (${jobs})`, values }];
  const own = `o.job = j.key and (o.source in (${names}) or o.target in (${names}))`;
  return [{ sql: `exists (select 1 from outcomes o where ${own})`, values }];
}

function textConditions(store: Store, query: JobQuery): Condition[] {
  const text = fold(query.text ?? "").trim();
  if (text === "") return [];
  const phrase = phraseOf(text);
  if (phrase === undefined || fewWithout(store, query))
    return [{ sql: "instr((select text from texts where texts.key = j.key), ?) > 0", values: [text] }];
  return [{ sql: "j.key in (select rowid from grams where grams match ?)", values: [phrase] }];
}

// Where the other filters leave only few jobs, looking into their texts is faster than looking the text up.
function fewWithout(store: Store, query: JobQuery): boolean {
  const conditions = rollupConditions({ ...query, text: undefined, table: undefined });
  if (!conditions) return false;
  const where = whereOf(conditions);
  return (
    (store.get<{ jobs: number }>(`select coalesce(sum(jobs), 0) as jobs from rollup j ${where.sql}`, where.values)
      ?.jobs ?? 0) < FEW
  );
}
