import type { Status } from "../../jobs/states.ts";
import { conditionsOf, type JobQuery, rollupConditions, whereOf } from "./query.ts";
import { FIGURES } from "./schema.ts";
import type { Store } from "./store.ts";
import { join } from "./wide.ts";

/** The figures of some jobs, added up. Rows and bytes are decimal strings, the seconds are those that jobs ran. */
export interface Totals {
  jobs: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  tables: number;
  tablesSucceeded: number;
  tablesFailed: number;
  tablesSkipped: number;
  rows: string;
  bytes: string;
  seconds: number;
  people: number;
  provenEqual: number;
  provenAgrees: number;
  notChecked: number;
  provenDiffers: number;
}

/** The jobs that ended on one day, in UTC. */
export interface Day {
  day: string;
  jobs: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  rows: string;
  bytes: string;
}

type Sums = Record<string, bigint | string | null>;

const SUM = ["jobs", ...FIGURES].map(name => `sum("${name}") as "${name}"`).join(", ");
const STATES = ["succeeded", "failed", "cancelled"].map(
  state => `sum(iif(status = '${state}', jobs, 0)) as "${state}"`,
);
const SUM_OF_DAY = ["jobs", "rows_high", "rows_low", "bytes_high", "bytes_low"].map(
  name => `sum("${name}") as "${name}"`,
);

/** How many jobs there are of each state. */
export function countStates(store: Store, query: JobQuery): Record<Status, number> {
  const counts = { succeeded: 0, failed: 0, cancelled: 0 };
  const rows = store.all<{ status: Status; jobs: number }>(
    ...grouped(store, query, "status, sum(jobs) as jobs", "status"),
  );
  for (const { status, jobs } of rows) counts[status] = jobs;
  return counts;
}

/** The jobs of each day that had any, the oldest first. */
export function sumDays(store: Store, query: JobQuery): Day[] {
  const columns = ["day", ...STATES, ...SUM_OF_DAY].join(", ");
  return store.sums(...grouped(store, query, columns, "day")).map(sums => ({
    ...{ day: String(sums.day), jobs: figure(sums, "jobs") },
    ...{ succeeded: figure(sums, "succeeded"), failed: figure(sums, "failed"), cancelled: figure(sums, "cancelled") },
    ...{ rows: wide(sums, "rows"), bytes: wide(sums, "bytes") },
  }));
}

/** All figures of some jobs. */
export function sumJobs(store: Store, query: JobQuery): Totals {
  const states = store.sums(...grouped(store, query, `status, ${SUM}`, "status"));
  const sums: Record<string, bigint> = {};
  for (const name of ["jobs", ...FIGURES]) sums[name] = states.reduce((sum, of) => sum + BigInt(of[name] ?? 0), 0n);
  const jobsOf = (status: Status) => figure(states.find(of => of.status === status) ?? {}, "jobs");
  return {
    jobs: figure(sums, "jobs"),
    ...{ succeeded: jobsOf("succeeded"), failed: jobsOf("failed"), cancelled: jobsOf("cancelled") },
    ...{ tables: figure(sums, "tables"), tablesSucceeded: figure(sums, "succeeded") },
    ...{ tablesFailed: figure(sums, "failed"), tablesSkipped: figure(sums, "skipped") },
    ...{ rows: wide(sums, "rows"), bytes: wide(sums, "bytes"), seconds: figure(sums, "milliseconds") / 1000 },
    people: countPeople(store, query),
    ...{ provenEqual: figure(sums, "equal"), provenAgrees: figure(sums, "agrees") },
    ...{ notChecked: figure(sums, "not_checked"), provenDiffers: figure(sums, "differs") },
  };
}

/** Everybody who started a job, by name. */
export function listPeople(store: Store): string[] {
  return store
    .all<{ person: string }>(`${PEOPLE} select person from people where person is not null`)
    .map(row => row.person);
}

/** Every type of which there is a job, by name. */
export function listTypes(store: Store): string[] {
  return store
    .all<{ type: string }>("select distinct type from rollup where scope = 0 order by type")
    .map(row => row.type);
}

// Goes from one name to the next, not over every row.
const PEOPLE = `with recursive people (person) as (select min(person) from rollup where scope = 1 union all
  select (select min(person) from rollup where scope = 1 and person > people.person) from people
  where people.person is not null)`;

function countPeople(store: Store, query: JobQuery): number {
  const conditions = rollupConditions({ ...query, person: "?" });
  if (!conditions) {
    const where = whereOf(conditionsOf(store, query));
    return store.get<{ people: number }>(
      `select count(distinct person) as people from jobs j ${where.sql}`,
      where.values,
    )!.people;
  }
  const { sql, values } = whereOf(conditions.filter(condition => condition.sql !== "j.person = ?"));
  const one = query.person ? { sql: "and people.person = ?", values: [query.person] } : { sql: "", values: [] };
  const having = `exists (select 1 from rollup j ${sql} and j.person = people.person)`;
  const found = store.get<{ people: number }>(
    `${PEOPLE} select count(*) as people from people where person is not null and ${having} ${one.sql}`,
    [...values, ...one.values],
  );
  return found!.people;
}

// From the rollup where it can answer, else from the jobs themselves.
function grouped(
  store: Store,
  query: JobQuery,
  columns: string,
  by: string,
): [string, ReturnType<typeof whereOf>["values"]] {
  const conditions = rollupConditions(query);
  const { sql, values } = whereOf(conditions ?? conditionsOf(store, query));
  const from = conditions ? "rollup j" : "(select 1 as jobs, * from jobs) j";
  return [`select ${columns} from ${from} ${sql} ${by && `group by ${by} order by ${by}`}`, values];
}

function figure(sums: Sums, name: string): number {
  return Number(sums[name] ?? 0);
}

function wide(sums: Sums, name: "rows" | "bytes"): string {
  return join(BigInt(sums[`${name}_high`] ?? 0), BigInt(sums[`${name}_low`] ?? 0));
}
