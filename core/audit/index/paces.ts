import { type Estimate, estimateJob, type JobPace, jobPaceOf, type PastJob } from "../../jobs/estimate.ts";
import type { Outcome } from "../../jobs/outcome.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { keyAt } from "./key.ts";
import type { JobRow } from "./row.ts";
import type { Store } from "./store.ts";

/** Jobs that take alike long for alike tables: of one type, between the same two catalogs, in the same way. */
export interface JobKind {
  type: string;
  from: string;
  to: string;
  way: string;
}

// Rates change with the machines: what was long ago tells little.
const JOBS = 60;
const LOOKED_AT = 200;
const TABLES = 200;

/** The kind of a job by its parameters and one of its tables. */
export function kindOf(
  type: string,
  parameters: unknown,
  { table, target }: Pick<Outcome, "table" | "target">,
): JobKind {
  const { mode, history, verify, ifExists } = (parameters ?? {}) as Record<string, unknown>;
  const way = [mode ?? "copy", history ?? "current", verify ?? "read-back", ifExists === "sync" ? "sync" : ""];
  return { type, from: catalogOf(table), to: catalogOf(target), way: way.join(" ") };
}

/** How fast jobs of a kind were lately, or before a moment; undefined where too few have succeeded. */
export function readPace(store: Store, kind: JobKind, parallel: number, before?: string): JobPace | undefined {
  return jobPaceOf(pastJobs(store, kind, before), parallel);
}

/**
 * How long a job with such tables takes as a rule, by the jobs of its kind that ended before it; undefined where too few have.
 * `parallel` steps run side by side.
 */
export function usualTimeOf(
  index: { pace(kind: JobKind, parallel: number, before?: string): JobPace | undefined },
  { type, parameters, tables, finishedAt }: Pick<JobRecord, "type" | "parameters" | "tables" | "finishedAt">,
  parallel: number,
): Estimate | undefined {
  const done = tables.filter(({ outcome }) => outcome === "succeeded");
  const [first] = done;
  const pace = first && index.pace(kindOf(type, parameters, first), parallel, finishedAt);
  // These are no planned sizes: nothing grows any more.
  const sizes = done.map(({ bytes }) => (bytes === undefined ? {} : { bytes: Number(bytes) }));
  return pace && estimateJob({ ...pace, growth: 1 }, sizes);
}

function pastJobs(store: Store, kind: JobKind, before: string | undefined): PastJob[] {
  const latest = store.all<{ key: number; row: string }>(
    `select j.key, d.row from jobs j cross join details d on d.key = j.key
     where j.type = ? and j.status = 'succeeded' and j.key < ? order by j.key desc limit ${LOOKED_AT}`,
    [kind.type, before === undefined ? Number.MAX_SAFE_INTEGER : keyAt(Date.parse(before))],
  );
  const found: PastJob[] = [];
  for (const { key, row } of latest) {
    if (found.length === JOBS) break;
    const past = pastJob(store, kind, key, JSON.parse(row) as JobRow);
    if (past) found.push(past);
  }
  return found;
}

function pastJob(store: Store, kind: JobKind, key: number, row: JobRow): PastJob | undefined {
  // Between attempts a job waits.
  if (row.attempts > 1 || row.succeeded === 0) return undefined;
  const name = (side: string) => `(select name from names where id = o.${side})`;
  const rest = "from outcomes o where o.job = ? and o.outcome = 'succeeded' order by o.place";
  const first = store.get<{ table: string; target: string }>(
    `select ${name("source")} as "table", ${name("target")} as target ${rest} limit 1`,
    [key],
  );
  if (!first || !isSame(kind, kindOf(row.type, row.parameters, first))) return undefined;
  const tables = store.all<{ seconds: number; bytes: string | null }>(
    `select o.row ->> 'seconds' as seconds, o.row ->> 'bytes' as bytes ${rest} limit ${TABLES}`,
    [key],
  );
  // Of a job with very many tables these stand for all.
  const share = tables.length / row.succeeded;
  return {
    seconds: row.seconds * share,
    ...(row.plannedBytes !== undefined && { plannedBytes: Number(row.plannedBytes) * share }),
    tables: tables.map(({ seconds, bytes }) => ({ seconds, ...(bytes !== null && { bytes: Number(bytes) }) })),
  };
}

function isSame(a: JobKind, b: JobKind): boolean {
  return a.type === b.type && a.from === b.from && a.to === b.to && a.way === b.way;
}

function catalogOf(name: string): string {
  return /^([a-z][a-z0-9_]*)\.[^.]+\./.exec(name)?.[1] ?? "";
}
