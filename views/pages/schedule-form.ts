import { html, type View } from "../html.ts";
import { button, linkButton } from "../parts/button.ts";
import { textArea, textField } from "../parts/form.ts";
import { head, sheet } from "../parts/sheet.ts";

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
}

/** A page with only the form. */
export function scheduleFormPage(title: string, form: ScheduleForm): View {
  return html`${head(title, { aside: html`<a href="/schedules">All schedules</a>` })}${sheet({ title: "What comes when" }, scheduleForm(form))}`;
}

/** The form. Where a script runs, the meaning of the line follows while somebody types. */
export function scheduleForm({ typed, to, isNew, errors, meaning, zones }: ScheduleForm): View {
  const { name, cron, timeZone, job, note } = typed;
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
<div class="when" hx-get="${look}" hx-trigger="input delay:300ms" hx-include=".schedule .when input" hx-select="#meaning" hx-target="#meaning" hx-swap="outerMorph ignoreTitle:true" hx-status:4xx="swap:none">
${textField({ name: "cron", label: "When", value: cron, required: true, autocomplete: "off", error: errors.cron, list: EXAMPLES, hint: "Minute, hour, day of the month, month, day of the week: 0 3 * * mon-fri" })}
${textField({ name: "timeZone", label: "Time zone", value: timeZone, required: true, list: zones, error: errors.timeZone })}
</div>${meaningOf(meaning)}
${textArea({ name: "job", label: "Job", value: job, rows: 10, mono: true, error: errors.job, hint: isNew ? html`As a job file would say it. The easiest way: open a <a href="/jobs?state=succeeded">job</a> that did it once, and put that on a schedule.` : "As a job file would say it: type, parameters, then, maxAttempts, note." })}
${textField({ name: "note", label: "Note", value: note, hint: "May be left empty." })}
<div class="row">${button(isNew ? "Make the schedule" : "Change it", { look: "primary" })}<button class="button plain" formmethod="get" formaction="${look}" formnovalidate>What does the line mean?</button>${isNew && linkButton("Back", "/schedules")}</div></form>`;
}

const EXAMPLES = ["0 3 * * *", "0 3 * * mon-fri", "0 3 * * sun", "0 3 1 * *", "0 * * * *", "*/15 * * * *"];

function meaningOf(meaning: ScheduleForm["meaning"]): View {
  if ("wrong" in meaning)
    return html`<p id="meaning" class="meaning bad" role="status">Not a line yet: ${meaning.wrong}.</p>`;
  const { words, times } = meaning;
  const said = words ? html`<strong>${words.charAt(0).toUpperCase()}${words.slice(1)}.</strong> ` : "";
  return html`<p id="meaning" class="meaning" role="status">${said}<span class="soft">Next:${times.map((time, i) => html` <span class="nowrap">${time}${i < times.length - 1 && ","}</span>`)}</span></p>`;
}
