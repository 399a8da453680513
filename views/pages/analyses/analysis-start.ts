import { size } from "../../format/figures.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, button } from "../../parts/button.ts";
import { checkbox, type FormState, filled, formProblem, selectField, textArea, textField } from "../../parts/form.ts";

/** What a start of an analysis offers. `limit` is in bytes; `folders` are those of analyses.json that are there. */
export interface StartView {
  limit: number;
  formats: readonly string[];
  zones: readonly string[];
  uploads: readonly string[];
  folders: readonly string[];
  thresholds: { errorRate: number; errors: number; critical: number };
  /** The form again, where it was refused, with the uploads that were ticked or came with it. */
  refused?: { state: FormState; uploaded: readonly string[] };
}

/** Drop files, or name what lies where the worker reaches; everything else may be left as it is. */
export function startForm(view: StartView): View {
  const { limit, folders, refused } = view;
  return html`${refused && formProblem(refused.state)}<form class="drop card logs" method="post" action="/analyses" enctype="multipart/form-data" data-upload="/files/parts" data-then="/analyses/start">
<label class="stack grow"><span>Log files, one or many, up to ${size(limit)} each; .gz and .zst too</span><input class="field" type="file" name="file" multiple></label>
${button("Analyse", { look: "primary" })}
<p class="soft">Or drop them here. Formats are found by themselves, and several may be mixed.</p>
<ul class="coming" aria-live="polite"></ul>
<details class="more"${refused && html` open`}><summary>Files that are there already, format, year, thresholds</summary>${options(view)}</details></form>
${folders.length > 0 && html`<div class="row"><span class="soft">Or all that lies in <code>${folders.join(", ")}</code></span>${action("/analyses/folders", folders.length > 1 ? "Analyse these folders" : "Analyse this folder")}</div>`}`;
}

const ORDERS: [string, string][] = [
  ["", "as other dates of the file tell"],
  ["true", "the day first"],
  ["false", "the month first"],
];
const UNITS: [string, string][] = [
  ["", "by their size"],
  ...["seconds", "milliseconds", "microseconds"].map((unit): [string, string] => [unit, unit]),
];

function options({ formats, zones, uploads, thresholds, refused }: StartView): Part {
  const state = refused?.state ?? {};
  const ticked = refused?.uploaded ?? [];
  const { errorRate, errors, critical } = thresholds;
  const limit = (name: string, label: string, usual: number) =>
    textField(filled(state, { name, label, placeholder: String(usual) }));
  return html`<div class="fields places">${textArea(filled(state, { name: "places", label: "Folders and files where the worker reaches", rows: 3, mono: true, hint: "one a line, * allowed: /var/log/app/*.log, hdfs://…, abfss://…" }))}
${uploads.length > 0 && html`<fieldset class="stack uploads"><legend>Uploaded before</legend>${uploads.map(name => checkbox("uploaded", name, { value: name, checked: ticked.includes(name) }))}</fieldset>`}</div>
<div class="fields">${selectField(filled(state, { name: "format", label: "Format", options: formats.map(name => [name, name === "auto" ? "found for each file" : name]) }))}
${textField(filled(state, { name: "year", label: "Year, where lines have none", type: "number" as const, placeholder: "found by when the file was written" }))}
${textField(filled(state, { name: "timeZone", label: "Time zone, where lines have none", list: zones, placeholder: "UTC" }))}
${selectField(filled(state, { name: "dayFirst", label: "Dates such as 03/05/2011", options: ORDERS }))}
${selectField(filled(state, { name: "durations", label: "Durations without a unit", options: UNITS }))}
${limit("errorRate", "Alert above an error rate of, in %", errorRate)}
${limit("errors", "Alert above this many errors", errors)}
${limit("critical", "Alert above this many critical lines", critical)}</div>
${checkbox("webhook", "Tell the webhook of .env when it has ended", { checked: state.typed?.webhook !== undefined })}`;
}
