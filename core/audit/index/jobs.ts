import { InvalidQueryError, keyAt } from "./key.ts";
import { type Condition, type JobQuery, jobSource, rollupConditions, whereOf } from "./query.ts";
import type { JobRow } from "./row.ts";
import { SCOPES } from "./schema.ts";
import type { Store } from "./store.ts";

/** Rows of a list, the newest first, and whether there are more in the direction that was asked for. */
export interface ListPage<R> {
  rows: R[];
  more: boolean;
}

const LIMIT = 50;
// One statement for all, in the order in which they were found.
const ROWS = "select d.row from json_each(?) k cross join details d on d.key = k.value order by k.key";

/** The cursor of a job in lists, for `before` and `after`. */
export function cursorOf({ finishedAt, id }: Pick<JobRow, "finishedAt" | "id">): string {
  return `${finishedAt}_${id}`;
}

/** A page of jobs. */
export function listJobs(store: Store, query: JobQuery): ListPage<JobRow> {
  const back = !query.before && Boolean(query.after);
  const { sql, values } = keysStatement(store, query, back);
  return listPage(query, back, limit => {
    const keys = store.all<{ key: number }>(sql, [...values, limit]).map(({ key }) => key);
    return store.all<{ row: string }>(ROWS, [JSON.stringify(keys)]).map(({ row }) => JSON.parse(row));
  });
}

/** The statement that finds the keys of a page, without its limit, which is its last value. */
export function keysStatement(store: Store, query: JobQuery, back = false): Condition {
  const { from, key, conditions } = jobSource(store, query);
  const cursor: Condition[] = query.before
    ? [{ sql: `${key} < ?`, values: [cursorKey(store, query.before)] }]
    : query.after
      ? [{ sql: `${key} > ?`, values: [cursorKey(store, query.after)] }]
      : [];
  const { sql, values } = whereOf([...conditions, ...cursor]);
  return { sql: `select j.key from ${from} ${sql} order by ${key} ${back ? "asc" : "desc"} limit ?`, values };
}

/** The key of the job of a cursor; where it is gone, that of its time. Throws where it is no cursor. */
export function cursorKey(store: Store, cursor: string): number {
  const [time = "", id = ""] = cursor.split("_");
  const known = store.get<{ key: number }>("select key from jobs where id = ?", [id])?.key;
  const key = known ?? keyAt(Date.parse(time));
  if (Number.isNaN(key))
    throw new InvalidQueryError(`${JSON.stringify(cursor)} is no place in a list: start from its first page.`);
  return key;
}

/** Cuts the one row that was read beyond the limit; `back` reads away from the older rows. */
export function listPage<R>(
  query: { limit?: number | undefined },
  back: boolean,
  read: (limit: number) => R[],
): ListPage<R> {
  const limit = query.limit ?? LIMIT;
  const found = read(limit + 1);
  const rows = found.slice(0, limit);
  return { rows: back ? rows.reverse() : rows, more: found.length > limit };
}

// Goes from one name to the next, not over every row.
const PEOPLE = `with recursive people (person) as (
  select min(person) from rollup where scope = ${SCOPES.person.ever} union all
  select (select min(person) from rollup where scope = ${SCOPES.person.ever} and person > people.person)
  from people where people.person is not null)`;

/** Everybody who started a job, by name. */
export function listPeople(store: Store): string[] {
  const sql = `${PEOPLE} select person from people where person is not null`;
  return store.all<{ person: string }>(sql).map(({ person }) => person);
}

/** Every type of which there is a job, by name. */
export function listTypes(store: Store): string[] {
  const sql = `select distinct type from rollup where scope = ${SCOPES.everyone.ever} order by type`;
  return store.all<{ type: string }>(sql).map(({ type }) => type);
}

/** How many people started the jobs of a query that the rollup can answer. */
export function countPeople(store: Store, query: JobQuery): number {
  const people = query.person ? [query.person] : listPeople(store);
  return people.filter(person => {
    const { sql, values } = whereOf(rollupConditions({ ...query, person }, false)!);
    return store.get(`select 1 from rollup j ${sql} limit 1`, values) !== undefined;
  }).length;
}
