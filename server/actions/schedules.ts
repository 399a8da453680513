import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { cronWords } from "../../core/jobs/cron-words.ts";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { newId } from "../../core/jobs/id.ts";
import { parseSchedule, SCHEDULE_NAME, type Schedule } from "../../core/jobs/schedule.ts";
import { writeRunByHand } from "../../core/store/schedule-state.ts";
import { removeSchedule, scheduleNames, writeSchedule } from "../../core/store/schedules.ts";
import { jobTypes } from "../../engines/list.ts";
import { auditContext, HttpError } from "../../engines/portal/page.ts";
import { titleOf } from "../../engines/runner/about.ts";
import { findSchedule, type ScheduleSummary, stateOfRun } from "../state/schedules.ts";
import type { Actor } from "./jobs.ts";
import { withoutLine } from "./submit.ts";

/** A schedule as somebody wrote it, checked, in their name. Throws a 422 with all that is wrong. */
export function scheduleFrom({ person }: Pick<Actor, "person">, written: object): Schedule {
  const parsed = parseSchedule(Buffer.from(JSON.stringify({ ...written, submittedBy: person.name })), jobTypes);
  if (parsed.ok) return parsed.schedule;
  throw new HttpError(422, "This is not a good schedule.", undefined, parsed.problems.map(withoutLine));
}

/** Makes a schedule, or changes one. Throws a 409 where a new one's name is taken. */
export function saveSchedule(actor: Actor, name: string, schedule: Schedule, want: "new" | "old" | "either"): void {
  const { layout } = actor.portal;
  if (!SCHEDULE_NAME.test(name))
    throw new HttpError(
      422,
      "A schedule's name may have letters, digits and . _ - only.",
      "It is the name of its file.",
    );
  const isNew = !scheduleNames(layout).includes(name);
  if (want === "old" && isNew) findSchedule(actor.portal, name, Date.now());
  if (want === "new" && !isNew) throw taken(name);
  try {
    writeSchedule(layout, name, schedule, isNew);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? taken(name) : error;
  }
  const { cron, timeZone, job } = schedule;
  const when = `${cronWords(cron) ?? cron} (${timeZone})`;
  record(actor, name, `${isNew ? "made" : "changed"}: ${when}, ${titleOf(job.type, job.parameters)}`);
}

/** Makes a schedule of a job, by the clocks of this machine, under a name that is free. Returns the name. */
export function scheduleJob(actor: Actor, job: JobFile, cron: string): string {
  const taken = new Set(scheduleNames(actor.portal.layout));
  let name = job.type;
  for (let number = 2; taken.has(name); number += 1) name = `${job.type}-${number}`;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  saveSchedule(actor, name, scheduleFrom(actor, { cron, timeZone, job }), "new");
  return name;
}

/** Pauses a schedule, or lets it go on. Nothing that was due meanwhile is made up for. */
export function pauseSchedule(actor: Actor, name: string, paused: boolean): void {
  const found = wellFormed(actor, name);
  const { paused: was, ...schedule } = found.schedule;
  if (Boolean(was) === paused) return;
  // Whose it is stays: a file of another user would be the portal's own from now on.
  const next = { ...schedule, submittedBy: found.by, ...(paused && { paused }) };
  writeSchedule(actor.portal.layout, name, next, false);
  record(actor, name, paused ? "paused" : "resumed");
}

/** Starts the job of a schedule now, in the person's name. Gives its id; throws a 409 while an earlier one is not done. */
export function runSchedule(actor: Actor, name: string): string {
  const { layout } = actor.portal;
  const { schedule, last } = wellFormed(actor, name);
  if (last && ["queued", "running"].includes(stateOfRun(layout, last.id) ?? ""))
    throw new HttpError(409, `${last.id} of this schedule has not ended yet.`, "Wait for it, or cancel it first.");
  const note = `schedule ${name}${schedule.job.note ? `: ${schedule.job.note}` : ""}`;
  const id = actor.portal.submit(actor, { ...schedule.job, note, id: newId(schedule.job.type) });
  writeRunByHand(layout, name, { id, at: new Date().toISOString() });
  return id;
}

/** Removes a schedule. Its jobs, waiting or running, go on. */
export function deleteSchedule(actor: Actor, name: string): void {
  const { schedule } = findSchedule(actor.portal, name, Date.now());
  removeSchedule(actor.portal.layout, name);
  record(actor, name, `deleted: ${schedule ? JSON.stringify(schedule) : "its file was wrong"}`);
}

function wellFormed(actor: Actor, name: string): ScheduleSummary & { schedule: Schedule } {
  const found = findSchedule(actor.portal, name, Date.now());
  const { schedule, problems } = found;
  if (schedule) return { ...found, schedule };
  throw new HttpError(409, `The file of ${name} is wrong: nothing comes of it.`, "Mend it first.", problems);
}

function taken(name: string): HttpError {
  return new HttpError(409, `There is a schedule ${name} already.`, "Choose another name, or change that one.");
}

function record(actor: Actor, about: string, detail: string): void {
  recordAuditEvent(auditContext(actor), { what: "schedule", about, detail });
}
