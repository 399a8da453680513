import { html, type View } from "../../html.ts";
import { button, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { hidden, selectField, textArea, textField } from "../../parts/form.ts";

/** What stands in the form of a schedule. */
export interface Typed {
  name: string;
  cron: string;
  timeZone: string;
  job: string;
  note: string;
}

/** A form that makes or changes a schedule: what is filled in, what is wrong with it, and what its line means. */
export interface ScheduleForm {
  typed: Typed;
  to: string;
  isNew: boolean;
  errors: Partial<Record<keyof Typed, string>>;
  meaning: { wrong: string } | { words: string; times: readonly string[] };
  zones: readonly string[];
  /** What the job does, where it is a good one: its file is then folded away. */
  title?: string | undefined;
}

/** A page with only the form. */
export function scheduleFormPage(title: string, form: ScheduleForm): View {
  return html`${head(title, { aside: html`<a href="/schedules">All schedules</a>` })}${card({ title: "Schedule" }, scheduleForm(form))}`;
}

/** The form. Where a script runs, the meaning of the line follows while somebody types. */
export function scheduleForm({ typed, to, isNew, errors, meaning, zones, title }: ScheduleForm): View {
  const { name, cron, timeZone, note } = typed;
  const look = isNew ? "/new-schedule" : to;
  const nameField =
    isNew &&
    textField({
      name: "name",
      label: "Name",
      value: name,
      required: true,
      autocomplete: "off",
      error: errors.name,
      hint: "Letters, digits and . _ - as its file is called.",
    });
  return html`<form method="post" action="${to}" class="form broad schedule">${nameField}
<div class="when" hx-get="${look}" hx-trigger="input delay:300ms, change" hx-include=".schedule .when input, .schedule .when select" hx-select="#meaning" hx-target="#meaning" hx-swap="outerMorph ignoreTitle:true" hx-status:4xx="swap:none">
${selectField({ name: "repeat", label: "Repeat", value: isListed(cron) ? cron : "", options: REPEATS })}${hidden("cronBefore", cron)}
${textField({ name: "cron", label: "Cron", value: cron, required: true, autocomplete: "off", error: errors.cron, hint: "Minute, hour, day of the month, month, day of the week: 0 3 * * mon-fri. What you write here counts." })}
${textField({ name: "timeZone", label: "Time zone", value: timeZone, required: true, list: zones, error: errors.timeZone })}
</div>${meaningOf(meaning)}
${jobField(typed.job, errors.job, isNew, title)}
${textField({ name: "note", label: "Note", value: note, hint: "May be left empty." })}
<div class="row">${button(isNew ? "Create schedule" : "Save schedule", { look: "primary" })}<button class="button plain" formmethod="get" formaction="${look}" formnovalidate>Preview times</button>${isNew && linkButton("Back", "/schedules")}</div></form>`;
}

const REPEATS = [
  ["0 3 * * *", "Every day at 03:00"],
  ["0 3 * * mon-fri", "Mondays to Fridays at 03:00"],
  ["0 3 * * sun", "Sundays at 03:00"],
  ["0 3 1 * *", "On the 1st of every month at 03:00"],
  ["0 * * * *", "Every hour"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["", "As the cron line says"],
] as const;

function isListed(cron: string): boolean {
  return REPEATS.some(([line]) => line === cron);
}

function jobField(job: string, error: string | undefined, isNew: boolean, title: string | undefined): View {
  const hint = isNew
    ? html`As a job file would say it. The easiest way: select tables on <a href="/ingest">Ingest</a> or <a href="/migrate">Migrate</a> and press “Schedule…”, or open a <a href="/jobs?state=succeeded">job</a> that did it once.`
    : "As a job file would say it: type, parameters, then, maxAttempts, note.";
  const field = textArea({ name: "job", label: "Job file", value: job, rows: 10, mono: true, error, hint });
  if (!title || error) return field;
  return html`<p><strong>${title}</strong></p><details class="more"><summary>Job file</summary>${field}</details>`;
}

function meaningOf(meaning: ScheduleForm["meaning"]): View {
  if ("wrong" in meaning)
    return html`<p id="meaning" class="meaning bad" role="status">Not a valid cron line: ${meaning.wrong}.</p>`;
  const { words, times } = meaning;
  const description = words ? html`<strong>${words.charAt(0).toUpperCase()}${words.slice(1)}.</strong> ` : "";
  return html`<p id="meaning" class="meaning" role="status">${description}<span class="soft">Next:${times.map((time, i) => html` <span class="nowrap">${time}${i < times.length - 1 && ","}</span>`)}</span></p>`;
}
