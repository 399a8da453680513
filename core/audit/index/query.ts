import type { SQLInputValue } from "node:sqlite";
import type { Status } from "../../jobs/states.ts";
import { type TimeRange, timeRangeOf } from "./key.ts";
import { SCOPES } from "./schema.ts";
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
  /** A part of the name of a source or target, in upper or lower case: `orders`, `hive.sales`. */
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

// What fewer jobs have is gathered first; what more have is met soon enough on the way from the newest on.
const FEW = 2000;

/** Conditions on `jobs j`. */
export function conditionsOf(store: Store, query: JobQuery): Condition[] {
  return [
    ...facetConditions(query),
    ...keyConditions(timeRangeOf(query.from, query.to)),
    ...tableConditions(store, query.table),
    ...textConditions(store, query.text),
  ];
}

/** Conditions on `rollup j`; with `byDay`, on those of its rows that tell days. Undefined where it can't answer. */
export function rollupConditions(query: JobQuery, byDay: boolean): Condition[] | undefined {
  const { firstDay, lastDay, whole } = timeRangeOf(query.from, query.to);
  if (query.table || partOf(query.text) || !whole) return undefined;
  const scopes = query.person ? SCOPES.person : SCOPES.everyone;
  return [
    { sql: "j.scope = ?", values: [byDay || firstDay || lastDay ? scopes.byDay : scopes.ever] },
    ...(query.person ? [] : [{ sql: "j.person = ''", values: [] }]),
    ...facetConditions(query),
    ...(firstDay === undefined ? [] : [{ sql: "j.day >= ?", values: [firstDay] }]),
    ...(lastDay === undefined ? [] : [{ sql: "j.day <= ?", values: [lastDay] }]),
  ];
}

/** Conditions as one `where`, and all their values. */
export function whereOf(conditions: readonly Condition[]): Condition {
  const sql = conditions.length === 0 ? "" : `where ${conditions.map(condition => condition.sql).join(" and ")}`;
  return { sql, values: conditions.flatMap(condition => condition.values) };
}

/** That a name, of a row of `names`, contains a text. */
export function nameCondition(table: string): Condition {
  return { sql: "instr(folded, ?) > 0", values: [fold(table).trim()] };
}

function facetConditions({ status, type, types, notTypes, person }: JobQuery): Condition[] {
  // The plus keeps a list of types from being sorted: jobs are met in their order.
  const among = (not: string, list: readonly string[]) => ({
    sql: `+j.type ${not} in (select value from json_each(?))`,
    values: [JSON.stringify(list)],
  });
  return [
    ...(person ? [{ sql: "j.person = ?", values: [person] }] : []),
    ...(status ? [{ sql: "j.status = ?", values: [status] }] : []),
    ...(type ? [{ sql: "j.type = ?", values: [type] }] : []),
    ...(types ? [among("", types)] : []),
    ...(notTypes?.length ? [among("not", notTypes)] : []),
  ];
}

function keyConditions({ first, last }: TimeRange): Condition[] {
  return [
    ...(first === undefined ? [] : [{ sql: "j.key >= ?", values: [first] }]),
    ...(last === undefined ? [] : [{ sql: "j.key <= ?", values: [last] }]),
  ];
}

function tableConditions(store: Store, table: string | undefined): Condition[] {
  if (!table) return [];
  const name = nameCondition(table);
  const side = (side: string) =>
    `select job as key from outcomes where ${side} in (select id from names where ${name.sql})`;
  const jobs = `${side("source")} union all ${side("target")}`;
  const names = `select id from names where ${name.sql}`;
  const has = `exists (select 1 from outcomes o where o.job = j.key and (o.source in (${names}) or o.target in (${names})))`;
  const values = [...name.values, ...name.values];
  return [fewOrMany(store, jobs, values, { sql: has, values })];
}

function textConditions(store: Store, text: string | undefined): Condition[] {
  const part = partOf(text);
  if (part === "") return [];
  const phrase = phraseOf(part);
  if (phrase === undefined) return [hasText(part)];
  return [fewOrMany(store, "select rowid as key from grams where grams match ?", [phrase], hasText(part))];
}

function fewOrMany(store: Store, keys: string, values: SQLInputValue[], each: Condition): Condition {
  const found = store.all<{ key: number }>(`${keys} limit ${FEW}`, values).map(({ key }) => key);
  if (found.length === FEW) return each;
  return { sql: "j.key in (select value from json_each(?))", values: [JSON.stringify(found)] };
}

function hasText(part: string): Condition {
  return { sql: "instr((select text from texts where texts.key = j.key), ?) > 0", values: [part] };
}

function partOf(text: string | undefined): string {
  return fold(text ?? "").trim();
}
