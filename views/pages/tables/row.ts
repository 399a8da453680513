import { html, type Part, type View } from "../../html.ts";
import { button, confirm, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { checkbox, selectField, textArea, textField } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { verdict } from "../../parts/verdict.ts";

/** A value of a row in its form. `readOnly` says why it can't be edited; of the key it is empty. */
export interface RowField {
  name: string;
  type: string;
  required: boolean;
  input: "text" | "line" | "boolean";
  value: string;
  isNull: boolean;
  readOnly?: string;
  error?: string;
}

/** One row to change, or a new one. */
export interface RowView {
  name: { catalog: string; namespace: string; table: string };
  path: string;
  /** The key of the row that is changed; left out where it is a new one. */
  value?: string;
  /** The snapshot that the row was seen in. */
  seen?: string | undefined;
  fields: readonly RowField[];
  /** Why it could not be saved. */
  problem?: { message: string; hint?: string | undefined };
}

/** The form of a row: what was seen is named in its address, so that nobody writes over what somebody else has changed. */
export function rowPage(view: RowView): View {
  const { name, path, value, fields, problem } = view;
  const back = path.replace(/\/row$/, "");
  const whole = `${name.catalog}.${name.namespace}.${name.table}`;
  const wrong = fields.filter(({ error }) => error !== undefined);
  const description =
    problem ??
    (wrong.length > 0 && {
      message: `${wrong.length === 1 ? "1 value" : `${wrong.length} values`} can't be saved: ${wrong.map(field => field.name).join(", ")}.`,
      hint: "Nothing was changed. Correct what is marked and save again.",
    });
  const first = wrong[0]?.name;
  const form = html`<form method="post" action="${path}${queryOf(view)}">
${fields.map(one => field(one, one.name === first))}<div class="row">${button(value === undefined ? "Add" : "Save", { look: "primary" })}${linkButton("Back to the rows", back)}</div></form>`;
  const gone =
    value !== undefined &&
    confirm(
      "Delete the row",
      `The row ${value} goes from ${whole}.`,
      html`<form method="post" action="${path}/delete${queryOf(view)}">${button("Delete it", { look: "danger" })}</form>`,
    );
  return html`${head(value ?? "New row", { aside: html`<a class="mono" href="${back}">${whole}</a>`, tools: gone })}
${description && html`<div role="alert">${verdict("failed", description.message, [description.hint])}</div>`}
${card({ title: value === undefined ? "Values of the new row" : "Values" }, form)}`;
}

/** A row that is on its way into its table: what is written, and how far it is. */
export interface SavingView {
  name: RowView["name"];
  path: string;
  here: string;
  value: string;
  job: string;
  words: string;
  /** What is written, by column; undefined where the row is deleted. */
  set?: Readonly<Record<string, string | null>>;
}

/** Shows that a row is being saved; asks again by itself until the job has ended. */
export function savingPage({ name, path, here, value, job, words, set }: SavingView): View {
  const back = path.replace(/\/row$/, "");
  const whole = `${name.catalog}.${name.namespace}.${name.table}`;
  const title = set ? "Saving the row" : "Deleting the row";
  const values = Object.entries(set ?? {});
  const list =
    values.length > 0 &&
    html`<dl class="facts">${values.map(([column, text]) => html`<div><dt>${column}</dt><dd class="value">${text === null ? html`<span class="soft">null</span>` : short(text)}</dd></div>`)}</dl>`;
  return html`${head(value || "New row", { aside: html`<a class="mono" href="${back}">${whole}</a>` })}
<div${live("saving", here, 1)} aria-busy="true">${card(
    { title },
    html`<p role="status">${words}</p><progress aria-label="${title}"></progress>${list}
<p class="soft">You may leave this page: the <a href="/jobs/${job}">job</a> goes on.</p>`,
  )}</div>`;
}

function queryOf({ value, seen }: RowView): string {
  if (value === undefined) return "";
  return `?${new URLSearchParams({ key: value, ...(seen && { seen }) })}`;
}

function field({ name, type, required, input, value, isNull, readOnly, error }: RowField, isFirst: boolean): Part {
  if (readOnly !== undefined) return fixed(name, type, value, isNull, readOnly);
  const description = {
    ...{ name: `set.${name}`, label: `${name} (${type})`, value, error, autofocus: isFirst },
    ...(required && { hint: "A value is needed." }),
  };
  if (input === "boolean") {
    const options: [string, string][] = [
      ...(required ? [] : [["", "null"] as [string, string]]),
      ["true", "true"],
      ["false", "false"],
    ];
    return html`<div class="value-field">${selectField({ ...description, options })}</div>`;
  }
  if (input === "line") {
    const hint = required ? description.hint : "Empty is null.";
    return html`<div class="value-field">${textField({ ...description, hint })}</div>`;
  }
  const rows = Math.min(12, Math.max(1, value.split(/\r\n|\r|\n/).length, Math.ceil(value.length / 70)));
  const none = !required && checkbox(`set-null.${name}`, "null", { checked: isNull });
  return html`<div class="value-field">${textArea({ ...description, rows })}${none}</div>`;
}

function fixed(name: string, type: string, value: string, isNull: boolean, why: string): View {
  const shown = isNull ? html`<span class="soft">null</span>` : short(value);
  const label = html`<span class="soft">${name}${why && html` (${type})`}</span>`;
  if (why === "") return html`<p class="value-field">${label} <strong class="value">${value}</strong></p>`;
  return html`<div class="value-field">${label}<span class="value mono">${shown}</span><small class="soft">${why}</small></div>`;
}

function short(text: string): Part {
  if (text === "") return html`<span class="soft">empty</span>`;
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
