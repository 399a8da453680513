import { lastTime, nextTimes } from "../../core/jobs/cron.ts";
import { type Schedule, scheduledJob } from "../../core/jobs/schedule.ts";
import type { Layout } from "../../core/store/layout.ts";
import { isOwn, userName } from "../../core/store/origin.ts";
import {
  readRunByHand,
  readScheduleState,
  type ScheduleState,
  writeScheduleState,
} from "../../core/store/schedule-state.ts";
import type { ScheduleFile } from "../../core/store/schedules.ts";
import { submitOnce } from "../../core/store/submit.ts";
import type { Context } from "../context.ts";
import { unfinishedOutcomes } from "../finish/record.ts";

/** One schedule that is good. `due` is when it comes next; nothing while it is paused. */
export interface ScheduleRun {
  check(now: number): void;
  due: number | undefined;
}

/** Continues a schedule from its saved state. Of several missed times only the last one runs. */
export function openScheduleRun(context: Context, { name, stats }: ScheduleFile, schedule: Schedule): ScheduleRun {
  const { layout, log } = context;
  const line = schedule.paused ? "paused" : `${schedule.cron.trim()} ${schedule.timeZone}`;
  const by = (isOwn(stats) && schedule.submittedBy) || userName(stats.uid);
  let state = begin(layout, name, line, stats.ctime);
  const run: ScheduleRun = { check, due: dueAfter(schedule, state) };
  return run;

  function check(now: number) {
    if (schedule.paused) return;
    if (state.pending) drop();
    if (run.due === undefined || now < run.due) return;
    const planned = lastTime(schedule, now);
    if (planned !== undefined && planned >= run.due) settle(planned, now);
    run.due = dueAfter(schedule, state);
  }

  function settle(planned: number, now: number) {
    const because = unfinishedOutcomes(layout, [state.last?.id, readRunByHand(layout, name)?.id]);
    if (because) return skip(planned, because);
    if (run.due !== undefined && run.due < planned)
      missed(run.due, "No worker ran at that time. Of the times that passed, only the last runs.");
    const last = {
      id: scheduledJob(name, schedule, planned, by).id,
      planned: iso(planned),
      at: new Date(now).toISOString(),
    };
    remember({ line, since: state.since, planned: iso(planned), last, pending: true });
    drop();
  }

  // What is settled is dropped, now or after a crash; what was dropped before the crash is not dropped again.
  function drop() {
    const { pending: _, ...settled } = state;
    const job = settled.last?.planned && scheduledJob(name, schedule, Date.parse(settled.last.planned), by);
    if (!job) return remember(settled);
    if (submitOnce(layout, job)) log.info(`${job.id} comes of the schedule ${name}`);
    remember({ ...settled, last: { ...settled.last!, id: job.id } });
  }

  function skip(planned: number, because: string) {
    const again = state.skipped?.because === because;
    // Told once: the times after it are left out for the same reason.
    if (!again) missed(planned, `${because} had not ended.`);
    if (!again) log.info(`the schedule ${name} leaves out ${iso(planned)}: ${because} has not ended`);
    const times = again ? (state.skipped?.times ?? 0) + 1 : 1;
    remember({ ...state, planned: iso(planned), skipped: { planned: iso(planned), times, because } });
  }

  function missed(time: number, why: string) {
    context.notifications.missed(name, iso(time), why, { type: schedule.job.type, by });
  }

  function remember(next: ScheduleState) {
    writeScheduleState(layout, name, next);
    state = next;
  }
}

// A line that has changed, or goes on after a pause, begins when its file came to be as it is.
function begin(layout: Layout, name: string, line: string, changed: Date): ScheduleState {
  const stored = readScheduleState(layout, name);
  if (stored?.line === line) return stored;
  const { last } = stored ?? {};
  const begun = { line, since: changed.toISOString(), ...(last && { last }) };
  writeScheduleState(layout, name, begun);
  return begun;
}

function dueAfter(schedule: Schedule, { since, planned }: ScheduleState): number | undefined {
  if (schedule.paused) return undefined;
  return nextTimes(schedule, Math.max(Date.parse(since), planned ? Date.parse(planned) : 0))[0];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
