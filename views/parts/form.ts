import { html, type Part, type View } from "../html.ts";

interface Field {
  name: string;
  label: string;
  value?: string | undefined;
  hint?: Part;
  error?: string | undefined;
  required?: boolean;
}

/** A line of text with its label; what is wrong with it stands beneath. */
export function textField(
  field: Field & {
    type?: "text" | "search" | "password" | "number" | "date";
    placeholder?: string;
    list?: readonly string[];
    autocomplete?: string;
  },
): View {
  const { name, value, type = "text", placeholder, list, required, autocomplete } = field;
  const options =
    list && html`<datalist id="${name}-list">${list.map(one => html`<option value="${one}"></option>`)}</datalist>`;
  return labelled(
    field,
    html`<input class="field" type="${type}" name="${name}" value="${value ?? ""}"${placeholder && html` placeholder="${placeholder}"`}${list && html` list="${name}-list"`}${autocomplete && html` autocomplete="${autocomplete}"`}${required && html` required`}${described(field)}>${options}`,
  );
}

/** A choice among a few. */
export function selectField(field: Field & { options: readonly (readonly [value: string, text: string])[] }): View {
  const { name, value, options } = field;
  const one = ([key, text]: readonly [string, string]) =>
    html`<option value="${key}"${key === value && html` selected`}>${text}</option>`;
  return labelled(field, html`<select class="field" name="${name}"${described(field)}>${options.map(one)}</select>`);
}

/** Several lines of text. */
export function textArea(field: Field & { rows?: number; mono?: boolean }): View {
  const { name, value, rows = 12, mono } = field;
  // A browser leaves out a line end that comes first, so that the first line of the text may be empty.
  return labelled(
    field,
    html`<textarea class="field${mono && " mono"}" name="${name}" rows="${rows}" spellcheck="false"${described(field)}>
${value ?? ""}</textarea>`,
  );
}

/** A box to tick. */
export function checkbox(
  name: string,
  label: Part,
  { checked, value = "on", disabled }: { checked?: boolean; value?: string; disabled?: boolean } = {},
): View {
  return html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${checked && html` checked`}${disabled && html` disabled`}> ${label}</label>`;
}

/** A value that travels with a form unseen. */
export function hidden(name: string, value: string): View {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

function labelled({ label, hint, error, name }: Field, control: View): View {
  return html`<label class="stack"><span>${label}</span>${control}${hint && html`<small id="${name}-hint">${hint}</small>`}${error && html`<small class="bad" id="${name}-error">${error}</small>`}</label>`;
}

function described({ name, hint, error }: Field): View {
  const ids = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  return html`${ids && html` aria-describedby="${ids}"`}${error && html` aria-invalid="true"`}`;
}
