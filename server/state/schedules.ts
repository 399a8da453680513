import { existsSync } from "node:fs";
import { readRecord } from "../../core/audit/records.ts";
import { nextTimes } from "../../core/jobs/cron.ts";
import { cronWords } from "../../core/jobs/cron-words.ts";
import { nearest } from "../../core/jobs/parse/problem.ts";
import type { JobState } from "../../core/jobs/states.ts";
import { archivedRecord, type Layout, queuedFile, runningFiles } from "../../core/store/layout.ts";
import { isOwn, userName } from "../../core/store/origin.ts";
import {
  readRunByHand,
  readScheduleState,
  type ScheduledRun,
  type ScheduleState,
} from "../../core/store/schedule-state.ts";
import { readSchedule, type ScheduleFile, scheduleNames } from "../../core/store/schedules.ts";
import { jobTypes } from "../../engines/list.ts";
import { HttpError, type Portal } from "../../engines/portal/page.ts";
import { titleOf } from "../../engines/runner/about.ts";

/** A schedule as page and API tell it: what its file says, when it comes next, and what came of it. Times are ISO. */
export interface ScheduleSummary extends ScheduleFile {
  title: string;
  words?: string;
  by: string;
  next: string[];
  last?: ScheduledRun & { state?: JobState };
  skipped?: NonNullable<ScheduleState["skipped"]>;
}

const SHOWN = 5;

/** Every schedule, those that come next first, then those that are paused, last those that are wrong. */
export function listSchedules(portal: Pick<Portal, "layout">, now: number): ScheduleSummary[] {
  const { layout } = portal;
  const all = scheduleNames(layout).flatMap(name => {
    const file = readSchedule(layout, name, jobTypes);
    return file ? [summaryOf(layout, file, now)] : [];
  });
  const sortKey = ({ next, schedule }: ScheduleSummary) => next[0] ?? (schedule ? "~" : "~~");
  return all.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : a.name < b.name ? -1 : 1));
}

/** The schedules whose jobs read or write a table: by what their types write, and by the namespace and tables they name. */
export function schedulesOf(
  { layout, settings }: Pick<Portal, "layout" | "settings">,
  table: string,
): { name: string; title: string }[] {
  return scheduleNames(layout).flatMap(name => {
    const job = readSchedule(layout, name, jobTypes)?.schedule?.job;
    const type = job && jobTypes[job.type];
    if (!job || !type) return [];
    const parsed = type.shape.safeParse(job.parameters);
    if (!parsed.success) return [];
    const touched = [...type.writes(parsed.data, settings), ...sourcesOf(job.type, parsed.data)];
    const isTouched = touched.some(one => isMeant(one.toLowerCase(), table.toLowerCase()));
    return isTouched ? [{ name, title: titleOf(job.type, job.parameters) }] : [];
  });
}

function isMeant(named: string, table: string): boolean {
  return named === table || (named.endsWith(".*") && table.startsWith(named.slice(0, -1)));
}

// What a job reads, by the parameters that every type which copies tables has.
function sourcesOf(
  type: string,
  { database, namespace, from, tables, left, right }: Record<string, unknown>,
): string[] {
  const sides = [left, right].map(side => (typeof side === "object" && side && "table" in side ? side.table : side));
  const named = sides.filter(side => typeof side === "string");
  const place =
    type === "ingest-hive" ? `hive.${database}` : typeof from === "string" ? `${from}.${namespace}` : undefined;
  if (place === undefined) return named;
  if (!Array.isArray(tables)) return [...named, `${place}.*`];
  return [...named, ...tables.map(one => `${place}.${typeof one === "string" ? one : (one as { name: string }).name}`)];
}

/** One schedule. Throws a 404 that names the nearest one where there is none. */
export function findSchedule({ layout }: Pick<Portal, "layout">, name: string, now: number): ScheduleSummary {
  const names = scheduleNames(layout);
  const file = names.includes(name) ? readSchedule(layout, name, jobTypes) : undefined;
  if (file) return summaryOf(layout, file, now);
  const near = nearest(name, names);
  const hint = near ? `Did you mean ${near}?` : "The list of schedules has all there are.";
  throw new HttpError(404, `There is no schedule ${name.slice(0, 100)}.`, hint);
}

/** Whether a job of a schedule waits, runs or how it ended; nothing where it is not known any more. */
export function stateOfRun(layout: Layout, id: string): JobState | undefined {
  const path = archivedRecord(layout, id);
  if (path) return readRecord(path)?.status;
  const { claim, job } = runningFiles(layout, id);
  if (existsSync(claim) || existsSync(job)) return "running";
  return existsSync(queuedFile(layout, id)) ? "queued" : undefined;
}

function summaryOf(layout: Layout, file: ScheduleFile, now: number): ScheduleSummary {
  const { schedule, name, stats } = file;
  const state = readScheduleState(layout, name);
  const last = newer(state?.last, readRunByHand(layout, name));
  const ran = last && stateOfRun(layout, last.id);
  const words = schedule && cronWords(schedule.cron);
  const from = Math.max(now, Date.parse(state?.planned ?? "") || 0);
  const coming = schedule && !schedule.paused ? nextTimes(schedule, from, SHOWN) : [];
  return {
    ...file,
    title: schedule ? titleOf(schedule.job.type, schedule.job.parameters) : "",
    ...(words && { words }),
    by: (isOwn(stats) && schedule?.submittedBy) || userName(stats.uid),
    next: coming.map(time => new Date(time).toISOString()),
    ...(last && { last: { ...last, ...(ran && { state: ran }) } }),
    ...(state?.skipped && { skipped: state.skipped }),
  };
}

function newer(a: ScheduledRun | undefined, b: ScheduledRun | undefined): ScheduledRun | undefined {
  if (!a || !b) return a ?? b;
  return Date.parse(b.at) > Date.parse(a.at) ? b : a;
}
