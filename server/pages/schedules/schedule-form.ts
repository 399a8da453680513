import { cronProblem, inZone, nextTimes, timeZones, zoneProblem } from "../../../core/jobs/cron.ts";
import { cronWords } from "../../../core/jobs/cron-words.ts";
import { parseJson } from "../../../core/jobs/parse/json.ts";
import { parseJobFile } from "../../../core/jobs/parse/parse.ts";
import { SCHEDULE_NAME } from "../../../core/jobs/schedule.ts";
import { jobTypes } from "../../../engines/list.ts";
import { copyAs } from "../../../engines/portal/copy-as.ts";
import { HttpError, type RequestContext, type RouteResult, SCHEDULE_DRAFT } from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import type { View } from "../../../views/html.ts";
import {
  type ScheduleForm,
  scheduleForm,
  scheduleFormPage,
  type Typed,
} from "../../../views/pages/schedules/schedule-form.ts";
import { saveSchedule, scheduleFrom } from "../../actions/schedules.ts";
import { findRequestedJob } from "../../state/find-job.ts";
import { findSchedule, type ScheduleSummary } from "../../state/schedules.ts";

type Field = keyof Typed;
const FIELDS: readonly Field[] = ["name", "cron", "timeZone", "job", "note"];
const SHOWN = 3;

/** The form of a schedule that is to be made; its address says what is filled in, or which job it is made of. */
export function newForm(request: RequestContext): RouteResult {
  const { query, portal } = request;
  const from = query.get("from");
  const drafted = query.has("draft") ? draftOf(request) : {};
  const typed = { ...EMPTY, ...drafted, ...(from ? typedOf(portal, from) : {}), ...given(query) };
  return page(request, { typed, to: "/schedules", isNew: true, errors: {} });
}

/** The form that changes a schedule. */
export function changeForm(request: RequestContext, { name, schedule }: ScheduleSummary): View {
  const { cron = "", timeZone = "UTC", note = "", job } = schedule ?? {};
  const typed: Typed = { cron, timeZone, note, job: JSON.stringify(job, null, 2), ...given(request.query), name };
  return scheduleForm(complete({ typed, to: addressOf(name), isNew: false, errors: {} }, request.now));
}

/** Makes a schedule of a form that was sent, or shows the form again with what is wrong. */
export function create(request: RequestContext): RouteResult {
  return save(request, request.form.get("name")?.trim() ?? "", true);
}

/** Changes a schedule by a form that was sent. */
export function change(request: RequestContext): RouteResult {
  const { name = "" } = request.parameters;
  findSchedule(request.portal, name, request.now);
  return save(request, name, false);
}

function save(request: RequestContext, name: string, isNew: boolean): RouteResult {
  const typed: Typed = { ...EMPTY, ...given(request.form), name };
  const errors: Partial<Record<Field, string>> = problemsIn(typed);
  const form = { typed, isNew, errors, to: isNew ? "/schedules" : addressOf(name) };
  if (Object.keys(errors).length > 0) return page(request, form, 422);
  const paused = !isNew && findSchedule(request.portal, name, request.now).schedule?.paused;
  const { cron, timeZone, job, note } = typed;
  const written = { cron, timeZone, job: parseJson(job), ...(note && { note }), ...(paused && { paused }) };
  try {
    saveSchedule(request, name, scheduleFrom(request, written), isNew ? "new" : "old");
  } catch (error) {
    if (!(error instanceof HttpError) || ![409, 422].includes(error.status)) throw error;
    const notice = [error.message, ...error.problems].join(" ");
    return page(request, { ...form, errors: error.status === 409 ? { name: notice } : { job: notice } }, error.status);
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

function page(
  request: RequestContext,
  form: Omit<ScheduleForm, "meaning" | "zones" | "title">,
  status = 200,
): RouteResult {
  const title = form.isNew ? "New schedule" : form.typed.name;
  const body = scheduleFormPage(title, complete(form, request.now));
  return { kind: "page", status, title, body, here: "/schedules" };
}

function complete(form: Omit<ScheduleForm, "meaning" | "zones" | "title">, now: number): ScheduleForm {
  const { cron, timeZone } = form.typed;
  const wrong = cronProblem(cron) ?? zoneProblem(timeZone);
  const times = wrong ? [] : nextTimes({ cron, timeZone }, now, SHOWN).map(time => inZone(time, timeZone));
  return {
    ...form,
    title: titleOfJob(form.typed.job),
    zones: timeZones(),
    meaning: wrong ? { wrong } : { words: cronWords(cron) ?? "", times },
  };
}

// What the job does, in words; nothing where its text is no job.
function titleOfJob(job: string): string | undefined {
  const parsed = parseJobFile(Buffer.from(job), jobTypes);
  return parsed.ok ? titleOf(parsed.file.type, parsed.file.parameters) : undefined;
}

// The job that somebody picked on a page of tables.
function draftOf({ portal, person }: RequestContext): Partial<Typed> {
  const { job } = portal.drafts.get(person.name, SCHEDULE_DRAFT).options;
  if (!job) return {};
  const { type } = parseJson(job) as { type: string };
  return { name: type, job: JSON.stringify(parseJson(job), null, 2) };
}

// A job that exists, as a person would write it again.
function typedOf(portal: RequestContext["portal"], id: string): Partial<Typed> {
  const found = findRequestedJob(portal, id);
  const job = found.state === "ended" ? found.record.job : found.file;
  const { note: _, ...file } = parseJson(copyAs(portal, (job ?? {}) as object).file) as Record<string, unknown>;
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
  const typed = Object.fromEntries(
    FIELDS.flatMap(name => (fields.has(name) ? [[name, fields.get(name)?.trim() ?? ""]] : [])),
  ) as Partial<Typed>;
  // Where somebody wrote into the cron line, that counts; else what was chosen from the list.
  const repeat = fields.get("repeat");
  const isWritten = fields.has("cronBefore") && fields.get("cronBefore") !== typed.cron;
  return repeat && !isWritten ? { ...typed, cron: repeat } : typed;
}

function addressOf(name: string): string {
  return `/schedules/${encodeURIComponent(name)}`;
}
