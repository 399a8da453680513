import { type JobQuery, rollupConditions, whereOf } from "./query.ts";
import { SCOPES } from "./schema.ts";
import type { Store } from "./store.ts";

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
