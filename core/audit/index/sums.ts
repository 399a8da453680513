import type { Status } from "../../jobs/states.ts";
import { countPeople, keysStatement } from "./jobs.ts";
import { type Condition, type JobQuery, rollupConditions, whereOf } from "./query.ts";
import { joinWide } from "./row.ts";
import { END_STATES, type Scan, type Sums } from "./scan.ts";
import { FIGURES } from "./schema.ts";
import type { CachedQuery, Store } from "./store.ts";

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

const OF_STATE = END_STATES.map(state => `sum(iif(status = '${state}', jobs, 0)) as "jobs ${state}"`);
const OF_ALL = ["jobs", ...FIGURES].map(name => `sum("${name}") as "${name}"`);
const OF_DAY = ["jobs", "rows_high", "rows_low", "bytes_high", "bytes_low"].map(name => `sum("${name}") as "${name}"`);

/** Jobs by the fields that the index keeps sums of: without texts, and by whole days. */
export type FacetQuery = Pick<JobQuery, "status" | "type" | "notTypes" | "person" | "from" | "to">;

/** How many jobs there are of each state. */
export function countStates(store: Store, query: FacetQuery): Record<Status, number> {
  const conditions = rollupConditions(query, false);
  if (!conditions) throw new Error("Jobs are counted by their state for whole days only.");
  return statesOf(total(fromRollup(store, OF_STATE, conditions)));
}

/** Jobs that were counted, and whether there are more. */
export interface Counted {
  jobs: number;
  more: boolean;
}

/** How many jobs there are; those of a text or a table are counted up to `most`. */
export function countJobs(store: Store, query: JobQuery, most: number): Counted {
  const conditions = rollupConditions(query, false);
  if (conditions) {
    const jobs = figure(total(fromRollup(store, ["sum(jobs) as jobs"], conditions)), "jobs");
    return { jobs, more: false };
  }
  const { before: _before, after: _after, ...all } = query;
  const { sql, values } = keysStatement(store, all);
  const { jobs } = store.get<{ jobs: number }>(`select count(*) as jobs from (${sql})`, [...values, most + 1])!;
  return { jobs: Math.min(jobs, most), more: jobs > most };
}

/** The jobs of each day that had any, the oldest first. */
export async function sumDays(store: Store, query: JobQuery, scan: Scan, cached: CachedQuery): Promise<Day[]> {
  const conditions = rollupConditions(query, true);
  if (!conditions) return daysOf(await scan(query));
  const rest = "group by day order by day";
  return cached("days", query, () => daysOf(fromRollup(store, ["day", ...OF_STATE, ...OF_DAY], conditions, rest)));
}

/** All figures of some jobs. */
export async function sumJobs(store: Store, query: JobQuery, scan: Scan, cached: CachedQuery): Promise<Totals> {
  const conditions = rollupConditions(query, false);
  if (conditions)
    return cached("totals", query, () =>
      totalsOf(total(fromRollup(store, [...OF_STATE, ...OF_ALL], conditions)), countPeople(store, query)),
    );
  const days = await scan(query);
  return totalsOf(total(days), new Set(days.flatMap(day => peopleOf(day))).size);
}

function daysOf(parts: readonly Sums[]): Day[] {
  return [...Map.groupBy(parts, ({ day }) => String(day))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, ofDay]) => {
      const sums = total(ofDay);
      return {
        ...{ day, jobs: figure(sums, "jobs"), ...statesOf(sums) },
        ...{ rows: wide(sums, "rows"), bytes: wide(sums, "bytes") },
      };
    });
}

function totalsOf(sums: Sums, people: number): Totals {
  return {
    ...{ jobs: figure(sums, "jobs"), ...statesOf(sums) },
    ...{ tables: figure(sums, "tables"), tablesSucceeded: figure(sums, "succeeded") },
    ...{ tablesFailed: figure(sums, "failed"), tablesSkipped: figure(sums, "skipped") },
    ...{ rows: wide(sums, "rows"), bytes: wide(sums, "bytes"), seconds: figure(sums, "milliseconds") / 1000, people },
    ...{ provenEqual: figure(sums, "equal"), provenAgrees: figure(sums, "agrees") },
    ...{ notChecked: figure(sums, "not_checked"), provenDiffers: figure(sums, "differs") },
  };
}

function fromRollup(store: Store, columns: readonly string[], conditions: readonly Condition[], rest = ""): Sums[] {
  const { sql, values } = whereOf(conditions);
  return store.sums(`select ${columns.join(", ")} from rollup j ${sql} ${rest}`, values);
}

function total(days: readonly Sums[]): Sums {
  const sums: Record<string, bigint> = {};
  for (const day of days)
    for (const [name, value] of Object.entries(day))
      if (typeof value === "bigint") sums[name] = (sums[name] ?? 0n) + value;
  return sums;
}

function statesOf(sums: Sums): Record<Status, number> {
  const [succeeded, failed, cancelled] = END_STATES.map(state => figure(sums, `jobs ${state}`)) as [
    number,
    number,
    number,
  ];
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
