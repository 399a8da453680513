import { existsSync } from "node:fs";
import { join } from "node:path";
import { titleOf } from "../engines/about.ts";
import { jobTypes } from "../engines/list.ts";
import { type Portal, Refusal } from "../engines/page.ts";
import { readJson } from "../files/json.ts";
import { archivedRecord, type Layout, runningFiles } from "../files/layout.ts";
import { readRunByHand, readScheduleState, type ScheduledRun, type ScheduleState } from "../files/schedule-state.ts";
import { readSchedule, type ScheduleFile, scheduleNames } from "../files/schedules.ts";
import { nextTimes } from "../jobs/cron.ts";
import { cronWords } from "../jobs/cron-words.ts";
import { nearest } from "../jobs/problem.ts";
import type { JobRecord } from "../jobs/record.ts";
import type { State } from "../jobs/states.ts";
import { isOwn, userName } from "../worker/origin.ts";

/** A schedule as page and API tell it: what its file says, when it comes next, and what came of it. Times are ISO. */
export interface ScheduleSummary extends ScheduleFile {
  title: string;
  words?: string;
  by: string;
  next: string[];
  last?: ScheduledRun & { state?: State };
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
  const turn = ({ next, schedule }: ScheduleSummary) => next[0] ?? (schedule ? "~" : "~~");
  return all.sort((a, b) => (turn(a) < turn(b) ? -1 : turn(a) > turn(b) ? 1 : a.name < b.name ? -1 : 1));
}

/** One schedule. Throws a 404 that names the nearest one where there is none. */
export function findSchedule({ layout }: Pick<Portal, "layout">, name: string, now: number): ScheduleSummary {
  const names = scheduleNames(layout);
  const file = names.includes(name) ? readSchedule(layout, name, jobTypes) : undefined;
  if (file) return summaryOf(layout, file, now);
  const near = nearest(name, names);
  const hint = near ? `Did you mean ${near}?` : "The list of schedules has all there are.";
  throw new Refusal(404, `There is no schedule ${name.slice(0, 100)}.`, hint);
}

/** Whether a job of a schedule waits, runs or how it ended; nothing where it is not known any more. */
export function stateOfRun(layout: Layout, id: string): State | undefined {
  const path = archivedRecord(layout, id);
  if (path) return readJson<JobRecord>(path)?.status;
  const { claim, job } = runningFiles(layout, id);
  if (existsSync(claim) || existsSync(job)) return "running";
  return existsSync(join(layout.queue, `${id}.json`)) ? "queued" : undefined;
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
