import { copyAs } from "../../engines/copy-as.ts";
import { jobTypes } from "../../engines/list.ts";
import { type Answer, Refusal, type Visit } from "../../engines/page.ts";
import { cronProblem, inZone, nextTimes, timeZones, zoneProblem } from "../../jobs/cron.ts";
import { cronWords } from "../../jobs/cron-words.ts";
import { parseJobFile } from "../../jobs/parse.ts";
import { SCHEDULE_NAME } from "../../jobs/schedule.ts";
import type { View } from "../../views/html.ts";
import { type ScheduleForm, scheduleForm, scheduleFormPage, type Typed } from "../../views/pages/schedule-form.ts";
import { findAsked } from "../find-job.ts";
import { saveSchedule, scheduleFrom } from "../schedule-deeds.ts";
import { findSchedule, type ScheduleSummary } from "../schedules.ts";

type Field = keyof Typed;
const FIELDS: readonly Field[] = ["name", "cron", "timeZone", "job", "note"];
const SHOWN = 3;

/** The form of a schedule that is to be made; its address says what is filled in, or which job it is made of. */
export function newForm(visit: Visit): Answer {
  const { query, portal } = visit;
  const from = query.get("from");
  const typed = { ...EMPTY, ...(from ? typedOf(portal, from) : {}), ...given(query) };
  return page(visit, { typed, to: "/schedules", isNew: true, errors: {} });
}

/** The form that changes a schedule. */
export function changeForm(visit: Visit, { name, schedule }: ScheduleSummary): View {
  const { cron = "", timeZone = "UTC", note = "", job } = schedule ?? {};
  const typed: Typed = { cron, timeZone, note, job: JSON.stringify(job, null, 2), ...given(visit.query), name };
  return scheduleForm(complete({ typed, to: addressOf(name), isNew: false, errors: {} }, visit.now));
}

/** Makes a schedule of a form that was sent, or shows the form again with what is wrong. */
export function create(visit: Visit): Answer {
  return save(visit, visit.form.get("name")?.trim() ?? "", true);
}

/** Changes a schedule by a form that was sent. */
export function change(visit: Visit): Answer {
  const { name = "" } = visit.parameters;
  findSchedule(visit.portal, name, visit.now);
  return save(visit, name, false);
}

function save(visit: Visit, name: string, isNew: boolean): Answer {
  const typed: Typed = { ...EMPTY, ...given(visit.form), name };
  const errors: Partial<Record<Field, string>> = problemsIn(typed);
  const form = { typed, isNew, errors, to: isNew ? "/schedules" : addressOf(name) };
  if (Object.keys(errors).length > 0) return page(visit, form, 422);
  const paused = !isNew && findSchedule(visit.portal, name, visit.now).schedule?.paused;
  const { cron, timeZone, job, note } = typed;
  const written = { cron, timeZone, job: JSON.parse(job), ...(note && { note }), ...(paused && { paused }) };
  try {
    saveSchedule(visit, name, scheduleFrom(visit, written), isNew ? "new" : "old");
  } catch (error) {
    if (!(error instanceof Refusal) || ![409, 422].includes(error.status)) throw error;
    const told = [error.message, ...error.problems].join(" ");
    return page(visit, { ...form, errors: error.status === 409 ? { name: told } : { job: told } }, error.status);
  }
  const meaning = `${name} comes ${cronWords(cron) ?? "at the times below"}, by the clocks of ${timeZone}.`;
  return { kind: "redirect", to: addressOf(name), notice: meaning };
}

function problemsIn({ name, cron, timeZone, job }: Typed): Partial<Record<Field, string>> {
  const wrong = cronProblem(cron);
  const zone = zoneProblem(timeZone);
  const parsed = parseJobFile(Buffer.from(job), jobTypes);
  return {
    ...(!SCHEDULE_NAME.test(name) && { name: "Letters, digits and . _ - only: it is the name of its file." }),
    ...(wrong && { cron: `${wrong}.` }),
    ...(zone && { timeZone: `${zone}.` }),
    ...(!parsed.ok && { job: parsed.problems.join("; ") }),
  };
}

function page(visit: Visit, form: Omit<ScheduleForm, "meaning" | "zones">, status = 200): Answer {
  const title = form.isNew ? "New schedule" : form.typed.name;
  const body = scheduleFormPage(title, complete(form, visit.now));
  return { kind: "page", status, title, body, here: "/schedules" };
}

function complete(form: Omit<ScheduleForm, "meaning" | "zones">, now: number): ScheduleForm {
  const { cron, timeZone } = form.typed;
  const wrong = cronProblem(cron) ?? zoneProblem(timeZone);
  const times = wrong ? [] : nextTimes({ cron, timeZone }, now, SHOWN).map(time => inZone(time, timeZone));
  return { ...form, zones: timeZones(), meaning: wrong ? { wrong } : { words: cronWords(cron) ?? "", times } };
}

// A job that exists, as a person would write it again.
function typedOf(portal: Visit["portal"], id: string): Partial<Typed> {
  const found = findAsked(portal, id);
  const job = found.state === "ended" ? found.record.job : found.file;
  const { note: _, ...file } = JSON.parse(copyAs(portal, (job ?? {}) as object).file) as Record<string, unknown>;
  return { name: String(file.type ?? ""), job: JSON.stringify(file, null, 2) };
}

const EMPTY: Typed = {
  name: "",
  cron: "0 3 * * *",
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  job: "",
  note: "",
};

function given(fields: URLSearchParams): Partial<Typed> {
  return Object.fromEntries(FIELDS.flatMap(name => (fields.has(name) ? [[name, fields.get(name)?.trim() ?? ""]] : [])));
}

function addressOf(name: string): string {
  return `/schedules/${encodeURIComponent(name)}`;
}
