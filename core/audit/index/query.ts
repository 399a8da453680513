import type { SQLInputValue } from "node:sqlite";
import type { Status } from "../../jobs/states.ts";
import { memoized } from "../../system/cache.ts";
import { type TimeRange, timeRangeOf } from "./key.ts";
import { SCOPES } from "./schema.ts";
import type { Store } from "./store.ts";
import { fold, phraseOf } from "./text.ts";

/** Which jobs. What is left out, or empty, restricts nothing. */
export interface JobQuery {
  status?: Status | undefined;
  type?: string | undefined;
  notTypes?: readonly string[] | undefined;
  person?: string | undefined;
  /** When the job ended: an ISO date, which is its whole day in UTC, or an instant. Both ends count. */
  from?: string | undefined;
  to?: string | undefined;
  /** A part of the name of a source or target, in upper or lower case: `orders`, `hive.sales`. */
  table?: string | undefined;
  /**
   * A part of the id, type, namespace, tables, note, person, file or errors, in upper or lower case. One of one or two letters
   * is looked for in the newest jobs only, as is such a part of a table's name.
   */
  text?: string | undefined;
  /** The id of a job that they retry or undo. */
  about?: string | undefined;
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

/**
 * Jobs as a statement reads them: the tables of its `from`, with `jobs j` among them; the column that has their key, in
 * whose order they come; and conditions.
 */
export interface JobSource {
  from: string;
  key: "j.key" | "grams.rowid";
  conditions: Condition[];
  /** So many at most are looked at; undefined where that may be all. */
  few?: number;
}

// What fewer jobs have is gathered first.
const FEW = 2000;
const NAMES = 200;
// So many are looked at one by one within a page's time.
const LOOKED_AT = 10_000;
// Where no index helps, so many of the newest are looked at.
const NEWEST = 20_000;

/** Where the jobs of a query are found, with as little to look at as there can be. Cursors are left out. */
export function jobSource(store: Store, query: JobQuery): JobSource {
  const range = timeRangeOf(query.from, query.to);
  const rest = [...facetConditions(query), ...aboutConditions(query)];
  const text = textPart(query);
  const parts = [text, tablePart(query)].filter(part => part !== undefined);
  const plain = (more: Condition[]): Omit<JobSource, "few"> => ({
    ...{ from: "jobs j", key: "j.key", conditions: [...rest, ...more] },
  });
  const inRange = keyConditions("j.key", range);
  if (parts.length === 0) return { ...plain(inRange), ...(query.about && { few: FEW }) };
  const checks = parts.map(part => part.check);
  const phrases = parts.flatMap(({ phrase }) => phrase ?? []);
  if (phrases.length === 0) return { ...plain([...inRange, ...newestOnly(store, range), ...checks]), few: NEWEST };
  // A name leads to its jobs by the index of outcomes, which is quicker than its text.
  const named = query.table ? ofNames(store, query.table) : undefined;
  if (named && named !== "many") return { ...plain([...inRange, named, ...(text ? [text.check] : [])]), few: FEW };
  const match = [{ sql: "grams match ?", values: [phrases.join(" ")] }, ...keyConditions("grams.rowid", range)];
  const { sql, values } = whereOf(match);
  const isMany = named === "many" && !text;
  const found = isMany ? undefined : gathered(store, `select rowid as key from grams ${sql}`, values);
  // The full text is right about texts, and only a hint for names of tables.
  const left = parts.filter(({ phrase, exact }) => phrase === undefined || !exact).map(({ check }) => check);
  if (found) return { ...plain([found, ...left]), few: FEW };
  if (isFew(store, query)) return { ...plain([...inRange, ...checks]), few: LOOKED_AT };
  return {
    ...{ from: "grams cross join jobs j on j.key = grams.rowid", key: "grams.rowid" },
    conditions: [...match, ...rest, ...left],
  };
}

/** Conditions on `rollup j`; with `byDay`, on those of its rows that tell days. Undefined where it can't answer. */
export function rollupConditions(query: JobQuery, byDay: boolean): Condition[] | undefined {
  const { firstDay, lastDay, whole } = timeRangeOf(query.from, query.to);
  if (query.table || partOf(query.text) || query.about || !whole) return undefined;
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
  return { sql: "instr(folded, ?) > 0", values: [partOf(table)] };
}

function facetConditions({ status, type, notTypes, person }: JobQuery): Condition[] {
  return [
    ...(person ? [{ sql: "j.person = ?", values: [person] }] : []),
    ...(status ? [{ sql: "j.status = ?", values: [status] }] : []),
    ...(type ? [{ sql: "j.type = ?", values: [type] }] : []),
    // The plus keeps a list of types from being sorted: jobs are met in their order.
    ...(notTypes?.length
      ? [{ sql: "+j.type not in (select value from json_each(?))", values: [JSON.stringify(notTypes)] }]
      : []),
  ];
}

function aboutConditions({ about }: JobQuery): Condition[] {
  return about ? [{ sql: "j.key in (select job from mentions where about = ?)", values: [about] }] : [];
}

function keyConditions(key: JobSource["key"], { first, last }: TimeRange): Condition[] {
  return [
    ...(first === undefined ? [] : [{ sql: `${key} >= ?`, values: [first] }]),
    ...(last === undefined ? [] : [{ sql: `${key} <= ?`, values: [last] }]),
  ];
}

// A text that jobs have to have: its phrase in the full text, and how one job is checked for it.
interface Part {
  phrase: string | undefined;
  check: Condition;
  exact: boolean;
}

function textPart({ text }: JobQuery): Part | undefined {
  const part = partOf(text);
  const check = { sql: "instr((select text from texts where texts.key = j.key), ?) > 0", values: [part] };
  return part ? { phrase: phraseOf(part), check, exact: true } : undefined;
}

// What is said of a job has the names of its tables too.
function tablePart({ table }: JobQuery): Part | undefined {
  if (!table) return undefined;
  const name = nameCondition(table);
  const names = `select id from names where ${name.sql}`;
  const sql = `exists (select 1 from outcomes o where o.job = j.key and (o.source in (${names}) or o.target in (${names})))`;
  const check = { sql, values: [...name.values, ...name.values] };
  return { phrase: phraseOf(partOf(table)), check, exact: false };
}

function newestOnly(store: Store, range: TimeRange): Condition[] {
  const { sql, values } = whereOf(keyConditions("j.key", range));
  const oldest = store.get<{ key: number }>(`select j.key from jobs j ${sql} order by j.key desc limit 1 offset ?`, [
    ...values,
    NEWEST,
  ]);
  return oldest ? [{ sql: "j.key > ?", values: [oldest.key] }] : [];
}

// Undefined where too many names have it to tell.
function ofNames(store: Store, table: string): Condition | "many" | undefined {
  const { sql, values } = nameCondition(table);
  const names = store.all<{ id: number }>(`select id from names where ${sql} limit ${NAMES + 1}`, values);
  if (names.length > NAMES) return undefined;
  const ids = JSON.stringify(names.map(({ id }) => id));
  const side = (side: string) => `select job as key from outcomes where ${side} in (select value from json_each(?))`;
  return gathered(store, `${side("source")} union all ${side("target")}`, [ids, ids]) ?? "many";
}

// The keys themselves, where they are few. Looked for once while nothing changes: a page asks for its list, counts and sums.
function gathered(store: Store, sql: string, values: readonly SQLInputValue[]): Condition | undefined {
  const memo = memos.get(store) ?? memoized<{ keys: string | undefined }>({ max: 16 });
  memos.set(store, memo);
  const { version } = store.get<{ version: number }>("select version from state")!;
  const { keys } = memo(`${version} ${sql} ${JSON.stringify(values)}`, () => {
    const rows = store.all<{ key: number }>(`${sql} limit ${FEW}`, values);
    return { keys: rows.length < FEW ? JSON.stringify(rows.map(({ key }) => key)) : undefined };
  });
  return keys === undefined ? undefined : { sql: "j.key in (select value from json_each(?))", values: [keys] };
}

const memos = new WeakMap<
  Store,
  (key: string, make: () => { keys: string | undefined }) => { keys: string | undefined }
>();

// Whether few jobs have the type, state and person, whatever they say.
function isFew(store: Store, { status, type, person }: JobQuery): boolean {
  if (!status && !type && !person) return false;
  const { sql, values } = whereOf(rollupConditions({ status, type, person }, false) ?? []);
  const { jobs } = store.get<{ jobs: number | null }>(`select sum(jobs) as jobs from rollup j ${sql}`, values)!;
  return (jobs ?? 0) < LOOKED_AT;
}

function partOf(text: string | undefined): string {
  return fold(text ?? "").trim();
}
