import type { Status } from "../../jobs/states.ts";
import type { CachedQuery } from "./cache.ts";
import { countPeople } from "./jobs.ts";
import { type Condition, conditionsOf, type JobQuery, rollupConditions, whereOf } from "./query.ts";
import { joinWide } from "./row.ts";
import { FIGURES } from "./schema.ts";
import type { Store } from "./store.ts";

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

/** Figures of one day, or of all days where a query does not go by day, as the database gives them. */
type Sums = Record<string, bigint | string | null>;

const STATES = ["succeeded", "failed", "cancelled"] as const;
const OF_STATE = STATES.map(state => `sum(iif(status = '${state}', jobs, 0)) as "jobs ${state}"`);
const OF_ALL = ["jobs", ...FIGURES].map(name => `sum("${name}") as "${name}"`);
const OF_DAY = ["jobs", "rows_high", "rows_low", "bytes_high", "bytes_low"].map(name => `sum("${name}") as "${name}"`);

/** How many jobs there are of each state. */
export function countStates(store: Store, query: JobQuery, cached: CachedQuery): Record<Status, number> {
  const conditions = rollupConditions(query, false);
  const sums = conditions ? fromRollup(store, OF_STATE, conditions) : scan(store, query, cached);
  return statesOf(total(sums));
}

/** The jobs of each day that had any, the oldest first. */
export function sumDays(store: Store, query: JobQuery, cached: CachedQuery): Day[] {
  const conditions = rollupConditions(query, true);
  const days = conditions
    ? fromRollup(store, ["day", ...OF_STATE, ...OF_DAY], conditions, "group by day order by day")
    : scan(store, query, cached);
  return days.map(sums => ({
    ...{ day: String(sums.day), jobs: figure(sums, "jobs"), ...statesOf(sums) },
    ...{ rows: wide(sums, "rows"), bytes: wide(sums, "bytes") },
  }));
}

/** All figures of some jobs. */
export function sumJobs(store: Store, query: JobQuery, cached: CachedQuery): Totals {
  const conditions = rollupConditions(query, false);
  const days = conditions ? fromRollup(store, [...OF_STATE, ...OF_ALL], conditions) : scan(store, query, cached);
  const sums = total(days);
  return {
    ...{ jobs: figure(sums, "jobs"), ...statesOf(sums) },
    ...{ tables: figure(sums, "tables"), tablesSucceeded: figure(sums, "succeeded") },
    ...{ tablesFailed: figure(sums, "failed"), tablesSkipped: figure(sums, "skipped") },
    ...{ rows: wide(sums, "rows"), bytes: wide(sums, "bytes"), seconds: figure(sums, "milliseconds") / 1000 },
    people: conditions ? countPeople(store, query) : new Set(days.flatMap(day => peopleOf(day))).size,
    ...{ provenEqual: figure(sums, "equal"), provenAgrees: figure(sums, "agrees") },
    ...{ notChecked: figure(sums, "not_checked"), provenDiffers: figure(sums, "differs") },
  };
}

function fromRollup(store: Store, columns: readonly string[], conditions: readonly Condition[], rest = ""): Sums[] {
  const { sql, values } = whereOf(conditions);
  return store.sums(`select ${columns.join(", ")} from rollup j ${sql} ${rest}`, values);
}

// What the rollup can't answer is looked for once for all that is asked about it.
function scan(store: Store, query: JobQuery, cached: CachedQuery): Sums[] {
  const columns = ["day", ...OF_STATE, ...OF_ALL, "json_group_array(distinct person) as people"].join(", ");
  const compute = () => {
    const { sql, values } = whereOf(conditionsOf(store, query));
    const jobs = `(select 1 as jobs, * from jobs) j ${sql}`;
    return store.sums(`select ${columns} from ${jobs} group by day order by day`, values);
  };
  return cached("scan", query, compute, "expensive");
}

function total(days: readonly Sums[]): Sums {
  const sums: Record<string, bigint> = {};
  for (const day of days)
    for (const [name, value] of Object.entries(day))
      if (typeof value === "bigint") sums[name] = (sums[name] ?? 0n) + value;
  return sums;
}

function statesOf(sums: Sums): Record<Status, number> {
  const [succeeded, failed, cancelled] = STATES.map(state => figure(sums, `jobs ${state}`)) as [number, number, number];
  return { succeeded, failed, cancelled };
}

function peopleOf({ people }: Sums): string[] {
  return JSON.parse(String(people)) as string[];
}

function figure(sums: Sums, name: string): number {
  return Number(sums[name] ?? 0);
}

function wide(sums: Sums, name: "rows" | "bytes"): string {
  return joinWide(BigInt(sums[`${name}_high`] ?? 0), BigInt(sums[`${name}_low`] ?? 0));
}
