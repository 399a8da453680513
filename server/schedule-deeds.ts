import { recordDeed } from "../audit/deeds.ts";
import { titleOf } from "../engines/about.ts";
import { jobTypes } from "../engines/list.ts";
import { Refusal } from "../engines/page.ts";
import { writeRunByHand } from "../files/schedule-state.ts";
import { removeSchedule, scheduleNames, writeSchedule } from "../files/schedules.ts";
import { cronWords } from "../jobs/cron-words.ts";
import { newId } from "../jobs/id.ts";
import { parseSchedule, SCHEDULE_NAME, type Schedule } from "../jobs/schedule.ts";
import type { Doer } from "./deeds.ts";
import { findSchedule, type ScheduleSummary, stateOfRun } from "./schedules.ts";
import { withoutLine } from "./submit.ts";

/** A schedule as somebody wrote it, checked, in their name. Throws a 422 with all that is wrong. */
export function scheduleFrom({ person }: Pick<Doer, "person">, written: object): Schedule {
  const parsed = parseSchedule(Buffer.from(JSON.stringify({ ...written, submittedBy: person.name })), jobTypes);
  if (parsed.ok) return parsed.schedule;
  throw new Refusal(422, "This is not a good schedule.", undefined, parsed.problems.map(withoutLine));
}

/** Makes a schedule, or changes one. Throws a 409 where a new one's name is taken. */
export function saveSchedule(doer: Doer, name: string, schedule: Schedule, want: "new" | "old" | "either"): void {
  const { layout } = doer.portal;
  if (!SCHEDULE_NAME.test(name))
    throw new Refusal(422, "A schedule's name may have letters, digits and . _ - only.", "It is the name of its file.");
  const isNew = !scheduleNames(layout).includes(name);
  if (want === "old" && isNew) findSchedule(doer.portal, name, Date.now());
  if (want === "new" && !isNew) throw taken(name);
  try {
    writeSchedule(layout, name, schedule, isNew);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? taken(name) : error;
  }
  const { cron, timeZone, job } = schedule;
  const when = `${cronWords(cron) ?? cron} (${timeZone})`;
  record(doer, name, `${isNew ? "made" : "changed"}: ${when}, ${titleOf(job.type, job.parameters)}`);
}

/** Pauses a schedule, or lets it go on. Nothing that was due meanwhile is made up for. */
export function pauseSchedule(doer: Doer, name: string, paused: boolean): void {
  const found = wellFormed(doer, name);
  const { paused: was, ...schedule } = found.schedule;
  if (Boolean(was) === paused) return;
  // Whose it is stays: a file of another user would be the portal's own from now on.
  const next = { ...schedule, submittedBy: found.by, ...(paused && { paused }) };
  writeSchedule(doer.portal.layout, name, next, false);
  record(doer, name, paused ? "paused" : "resumed");
}

/** Starts the job of a schedule now, in the person's name. Gives its id; throws a 409 while an earlier one is not done. */
export function runSchedule(doer: Doer, name: string): string {
  const { layout } = doer.portal;
  const { schedule, last } = wellFormed(doer, name);
  if (last && ["queued", "running"].includes(stateOfRun(layout, last.id) ?? ""))
    throw new Refusal(409, `${last.id} of this schedule has not ended yet.`, "Wait for it, or cancel it first.");
  const note = `schedule ${name}${schedule.job.note ? `: ${schedule.job.note}` : ""}`;
  const id = doer.portal.submit(doer, { ...schedule.job, note, id: newId(schedule.job.type) });
  writeRunByHand(layout, name, { id, at: new Date().toISOString() });
  return id;
}

/** Removes a schedule. Its jobs, waiting or running, go on. */
export function deleteSchedule(doer: Doer, name: string): void {
  const { schedule } = findSchedule(doer.portal, name, Date.now());
  removeSchedule(doer.portal.layout, name);
  record(doer, name, `deleted: ${schedule ? JSON.stringify(schedule) : "its file was wrong"}`);
}

function wellFormed(doer: Doer, name: string): ScheduleSummary & { schedule: Schedule } {
  const found = findSchedule(doer.portal, name, Date.now());
  const { schedule, problems } = found;
  if (schedule) return { ...found, schedule };
  throw new Refusal(409, `The file of ${name} is wrong: nothing comes of it.`, "Mend it first.", problems);
}

function taken(name: string): Refusal {
  return new Refusal(409, `There is a schedule ${name} already.`, "Choose another name, or change that one.");
}

function record({ portal, person, address }: Doer, about: string, detail: string): void {
  const at = new Date().toISOString();
  recordDeed(portal.layout, { at, by: person.name, role: person.role, from: address, what: "schedule", about, detail });
}
