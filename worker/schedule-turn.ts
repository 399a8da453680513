import { readRunByHand, readScheduleState, type ScheduleState, writeScheduleState } from "../files/schedule-state.ts";
import type { ScheduleFile } from "../files/schedules.ts";
import { lastTime, nextTimes } from "../jobs/cron.ts";
import { type Schedule, scheduledJob } from "../jobs/schedule.ts";
import type { Context } from "./context.ts";
import { isOwn, userName } from "./origin.ts";
import { submitOnce } from "./submit-once.ts";
import { unfinished } from "./unfinished.ts";

/** One schedule that is good. `due` is when it comes next; nothing while it is paused. */
export interface Turn {
  look(now: number): void;
  due: number | undefined;
}

/** Takes a schedule up where its memory says that it stands. Of several missed times only the last is made up for. */
export function openTurn(context: Context, { name, stats }: ScheduleFile, schedule: Schedule): Turn {
  const { layout, log } = context;
  const line = schedule.paused ? "paused" : `${schedule.cron.trim()} ${schedule.timeZone}`;
  const by = (isOwn(stats) && schedule.submittedBy) || userName(stats.uid);
  let state = begin();
  const turn: Turn = { look, due: dueAfter() };
  return turn;

  // A line that has changed, or goes on after a pause, begins when its file came to be as it is.
  function begin(): ScheduleState {
    const remembered = readScheduleState(layout, name);
    if (remembered?.line === line) return remembered;
    const { last } = remembered ?? {};
    const begun = { line, since: stats.ctime.toISOString(), ...(last && { last }) };
    writeScheduleState(layout, name, begun);
    return begun;
  }

  function look(now: number) {
    if (schedule.paused) return;
    if (state.pending) drop();
    if (turn.due === undefined || now < turn.due) return;
    const planned = lastTime(schedule, now);
    if (planned !== undefined && planned >= turn.due) settle(planned, now);
    turn.due = dueAfter();
  }

  function settle(planned: number, now: number) {
    const because = unfinished(layout, [state.last?.id, readRunByHand(layout, name)?.id]);
    if (because) return skip(planned, because);
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
    if (!again) log.info(`the schedule ${name} leaves out ${iso(planned)}: ${because} has not ended`);
    const times = again ? (state.skipped?.times ?? 0) + 1 : 1;
    remember({ ...state, planned: iso(planned), skipped: { planned: iso(planned), times, because } });
  }

  function remember(next: ScheduleState) {
    writeScheduleState(layout, name, next);
    state = next;
  }

  function dueAfter(): number | undefined {
    if (schedule.paused) return undefined;
    const from = Math.max(Date.parse(state.since), state.planned ? Date.parse(state.planned) : 0);
    return nextTimes(schedule, from)[0];
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
