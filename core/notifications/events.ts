import { type Estimate, slowerThanUsual } from "../jobs/estimate.ts";
import type { Outcome } from "../jobs/outcome.ts";
import type { JobRecord } from "../jobs/record.ts";

/** What a rule may ask for. */
export const NOTIFIED = [
  ...(["job failed", "job recovered", "slower than usual"] as const),
  ...(["schedule missed", "drift over a limit", "analysis alert"] as const),
] as const;

/** Something that happened and that people are told of. Its id is the same however often it is found out. */
export interface NotificationEvent {
  id: string;
  event: (typeof NOTIFIED)[number] | "test";
  at: string;
  /** What happened, in a line. */
  title: string;
  /** Why, and what to do. */
  text?: string;
  job?: { id: string; type: string; status: string; submittedBy: string; seconds: number };
  tables: string[];
  /** How many times the usual time it took. */
  slower?: number;
  /** Tables that are not as they were copied: by how many snapshots, or gone where that is missing. */
  drift?: { table: string; behind?: number }[];
  schedule?: string;
}

/** What is remembered of earlier jobs: what failed last, and how long the same job took. */
export interface EarlierJobs {
  /** What had failed when it was done last: tables with their type, or the job as a whole. */
  failed: ReadonlySet<string>;
  /** Seconds of the same job when it succeeded, the newest first. */
  seconds: readonly number[];
  /** How long jobs of its kind take with tables of these sizes, where enough have ended. */
  usual?: Estimate;
}

// With fewer nobody can say what is usual; below a minute nobody minds.
const ENOUGH = 5;
const SMALLEST = 60;

/** The names under which a job's success or failure is remembered: each of its tables, or the job itself where it has none. */
export function rememberedSubjects({
  type,
  parameters,
  tables,
}: JobRecord): { subject: string; table?: string; ok: boolean | undefined }[] {
  if (tables.length === 0) return [{ subject: `${type} ${JSON.stringify(parameters)}`, ok: undefined }];
  return tables.map(({ table, outcome }) => ({
    subject: `${type} ${table}`,
    table,
    ok: outcome === "succeeded" ? true : outcome === "failed" ? false : undefined,
  }));
}

/** Everything that a job's end means to people. A cancelled job means nothing. */
export function eventsOfRecord(record: JobRecord, title: string, earlier: EarlierJobs): NotificationEvent[] {
  const { id, type, status, submittedBy, startedAt, finishedAt, tables, error } = record;
  if (status === "cancelled") return [];
  const seconds = Math.max(0, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  const made = (
    event: NotificationEvent["event"],
    words: string,
    more: Partial<NotificationEvent>,
  ): NotificationEvent => ({
    ...{ id: `${id}:${event.replaceAll(" ", "-")}`, event, at: finishedAt, title: `${title}: ${words}` },
    job: { id, type, status, submittedBy, seconds },
    ...{ tables: tables.map(({ table }) => table), ...more },
  });
  const events: NotificationEvent[] = [];
  if (status === "failed") {
    const failed = tables.filter(({ outcome }) => outcome === "failed").map(({ table }) => table);
    const text = [error?.message, error?.hint].filter(Boolean).join(" ");
    events.push(made("job failed", "failed", { ...(failed.length > 0 && { tables: failed }), ...(text && { text }) }));
  }
  const back = recovered(record, earlier);
  if (back) events.push(made("job recovered", "succeeded again", { tables: back, text: listed(back) }));
  const slower = status === "succeeded" ? slowness(seconds, earlier) : undefined;
  if (slower)
    events.push(
      made("slower than usual", `took ${slower.toFixed(1)} times as long as usual`, {
        slower,
        text: took(seconds, earlier),
      }),
    );
  const drift = tables.flatMap(driftOf);
  if (drift.length > 0)
    events.push(
      made("drift over a limit", "tables are not as they were copied", {
        drift,
        tables: drift.map(({ table }) => table),
        text: listed(drift.map(words)),
      }),
    );
  const alerts = tables.flatMap(({ analysis }) => analysis?.alerts?.map(({ message }) => message) ?? []);
  if (alerts.length > 0) events.push(made("analysis alert", "an alert", { text: alerts.join(" ") }));
  return events;
}

/** What happens when a time of a schedule passes without its job. */
export function missedSchedule(
  name: string,
  planned: string,
  why: string,
  job: { type: string; by: string },
): NotificationEvent {
  return {
    ...{
      id: `${name}:${planned}:missed`,
      event: "schedule missed",
      at: new Date().toISOString(),
      schedule: name,
      tables: [],
    },
    title: `The schedule ${name} did not run at ${planned}`,
    text: why,
    job: { id: "", type: job.type, status: "missed", submittedBy: job.by, seconds: 0 },
  };
}

function recovered(record: JobRecord, { failed }: EarlierJobs): string[] | undefined {
  const subjects = rememberedSubjects(record);
  const back = subjects.filter(({ subject, ok }) => failed.has(subject) && (ok ?? record.status === "succeeded"));
  return back.length > 0 ? back.flatMap(({ table }) => table ?? []) : undefined;
}

// A table that has grown takes longer, and is not slow: that is known where jobs of its kind tell.
function slowness(seconds: number, { seconds: earlier, usual }: EarlierJobs): number | undefined {
  if (usual) {
    const slower = seconds - usual.usual >= SMALLEST ? slowerThanUsual(seconds, usual) : undefined;
    return slower === undefined ? undefined : slower + 1;
  }
  if (earlier.length < ENOUGH) return undefined;
  const middle = median(earlier);
  return middle > 0 && seconds - middle >= SMALLEST ? seconds / middle : undefined;
}

function took(seconds: number, { seconds: earlier, usual }: EarlierJobs): string {
  if (usual)
    return `It took ${Math.round(seconds)} s; such jobs take ${Math.round(usual.low)} to ${Math.round(usual.high)} s, by ${usual.jobs} earlier ones.`;
  return `It took ${Math.round(seconds)} s; the last ${earlier.length} took ${Math.round(median(earlier))} s, in the middle.`;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

// Records of jobs that look at drift have this; what is not there, or is another thing by then, is no drift.
function driftOf({ table, ...outcome }: Outcome & { drift?: unknown }): { table: string; behind?: number }[] {
  const { there, behind } = (outcome.drift ?? {}) as { there?: unknown; behind?: unknown };
  if (there === false) return [{ table }];
  const counts = typeof behind === "object" && behind !== null ? Object.values(behind) : [];
  const most = Math.max(0, ...counts.filter(count => typeof count === "number"));
  return most > 0 ? [{ table, behind: most }] : [];
}

function words({ table, behind }: { table: string; behind?: number }): string {
  return behind === undefined
    ? `${table} is gone`
    : `${table} is ${behind} ${behind === 1 ? "snapshot" : "snapshots"} ahead`;
}

function listed(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(", ")} and ${names.length - 10} more` : names.join(", ");
}
