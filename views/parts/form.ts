import { html, type Part, type View } from "../html.ts";

interface Field {
  name: string;
  label: string;
  value?: string | undefined;
  hint?: Part;
  error?: string | undefined;
  required?: boolean;
  /** Whether the page begins here, since something is wrong with it. */
  autofocus?: boolean;
}

/** A form that is shown again: what was typed, and what is wrong, by the names of its fields. */
export interface FormState {
  typed?: Readonly<Record<string, string>>;
  errors?: Readonly<Record<string, string>>;
  /** What is wrong with no field in particular. */
  problem?: string;
}

/** A field as it was filled in before, with what is wrong with it; the first that is wrong is where the page begins. */
export function filled<F extends Field>({ typed, errors = {} }: FormState, field: F): F {
  const { name } = field;
  const error = errors[name];
  return {
    ...field,
    ...(typed && { value: typed[name] ?? "" }),
    ...(error && { error, autofocus: Object.keys(errors)[0] === name }),
  };
}

/** What is wrong with a form as a whole. */
export function formProblem({ problem, errors = {} }: FormState): Part {
  const count = Object.keys(errors).length;
  const fields =
    count > 0 &&
    `${count === 1 ? "One field is" : `${count} fields are`} not right yet: see below. Nothing was started.`;
  const description = [problem, fields].filter(Boolean).join(" ");
  return description && html`<p class="notice bad" role="alert">${description}</p>`;
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
    list &&
    html`<datalist id="${idOf(name)}-list">${list.map(one => html`<option value="${one}"></option>`)}</datalist>`;
  return labelled(
    field,
    html`<input class="field" type="${type}" name="${name}" value="${value ?? ""}"${placeholder && html` placeholder="${placeholder}"`}${list && html` list="${idOf(name)}-list"`}${autocomplete && html` autocomplete="${autocomplete}"`}${required && html` required`}${described(field)}>${options}`,
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
  return html`<label class="stack"><span>${label}</span>${control}${hint && html`<small id="${idOf(name)}-hint">${hint}</small>`}${error && html`<small class="bad" id="${idOf(name)}-error">${error}</small>`}</label>`;
}

function described({ name, hint, error, autofocus }: Field): View {
  const ids = [hint && `${idOf(name)}-hint`, error && `${idOf(name)}-error`].filter(Boolean).join(" ");
  return html`${ids && html` aria-describedby="${ids}"`}${error && html` aria-invalid="true"`}${autofocus && html` autofocus`}`;
}

// A list of ids is parted by spaces, and a column may be called anything.
function idOf(name: string): string {
  return name.replace(/[^\w.-]/g, sign => `_${sign.codePointAt(0)?.toString(16)}_`);
}
