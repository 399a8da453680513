import { html, type Part, type View } from "../html.ts";
import { button, confirm } from "../parts/button.ts";
import { checkbox, hidden, textArea, textField } from "../parts/form.ts";
import { head, sheet } from "../parts/sheet.ts";

/** One row to change, or a new one. */
export interface RowView {
  name: { catalog: string; namespace: string; table: string };
  path: string;
  key: string;
  value?: string;
  columns: readonly { name: string; type: string; required: boolean }[];
  row?: Readonly<Record<string, string | null>>;
}

/** The form of a row: what was seen goes along, so that nobody writes over what somebody else has changed. */
export function rowPage(view: RowView): View {
  const { name, path, value, columns, row } = view;
  const back = path.replace(/\/row$/, "");
  const whole = `${name.catalog}.${name.namespace}.${name.table}`;
  const form = html`<form method="post" action="${path}">${value === undefined ? hidden("is-new", "1") : hidden("key", value)}
${columns.map(column => field(view, column))}<div class="row">${button(row ? "Save" : "Add", { look: "primary" })}</div></form>`;
  const gone =
    row &&
    confirm(
      "Delete the row",
      `The row ${value} goes from ${whole}.`,
      html`<form method="post" action="${path}/delete">${hidden("key", value ?? "")}${button("Delete it", { look: "danger" })}</form>`,
    );
  return html`${head(value ?? "New row", { aside: html`<a href="${back}">${whole}</a>`, tools: gone })}
${sheet({ title: row ? "Values" : "Values of the new row" }, form)}`;
}

function field({ key, row }: RowView, { name, type, required }: RowView["columns"][number]): Part {
  const value = row?.[name];
  if (row && name === key) return html`<p><span class="soft">${name}</span> <strong>${value}</strong></p>`;
  const told = { name: `set.${name}`, label: `${name} (${type})`, value: value ?? "" };
  const input = type === "string" && (value ?? "").length > 60 ? textArea({ ...told, rows: 5 }) : textField(told);
  const none =
    !required && name !== key && checkbox(`set-null.${name}`, "null", { checked: row !== undefined && value === null });
  const was = row && html`${hidden(`was.${name}`, value ?? "")}${value === null && hidden(`was-null.${name}`, "1")}`;
  return html`<div class="value-field">${input}${none}${was}</div>`;
}
