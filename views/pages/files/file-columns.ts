import { html, type Part, type View } from "../../html.ts";
import { checkbox } from "../../parts/form.ts";
import { table } from "../../parts/table.ts";

/** A column of a file as a form shows it: every value is as it was typed, or as it is offered. */
export interface ColumnChoice {
  at: number;
  /** Its name in the file. */
  from: string;
  use: boolean;
  name: string;
  /** A type without its size. */
  type: string;
  size: string;
  decimal: string;
  thousands: string;
  pattern: string;
  nulls: string;
  booleans: string;
  offered: Omit<ColumnChoice, "at" | "from" | "use" | "offered" | "example" | "hint">;
  example: string;
  hint?: string;
}

const TYPES = ["string", "varchar", "boolean", "int", "bigint", "float", "double", "decimal", "date", "timestamp"];
const SIZED = { varchar: "characters at most, such as 120", decimal: "digits and places, such as 18,2" };
const PATTERNS = [
  "yyyy-MM-dd",
  "dd.MM.yyyy",
  "dd/MM/yyyy",
  "MM/dd/yyyy",
  "yyyyMMdd",
  "dd.MM.yyyy HH:mm:ss",
  "MM/dd/yyyy hh:mm a",
];
const DECIMALS = [
  ["", "."],
  [".", "."],
  [",", ","],
] as const;
const MARKS = [
  ["", "none"],
  [",", ","],
  [".", "."],
  ["'", "'"],
  ["\u2019", "\u2019"],
  [" ", "blank"],
  ["\u00a0", "no-break blank"],
  ["\u202f", "narrow blank"],
  ["_", "_"],
] as const;

const NAMES: Readonly<Record<string, string>> = {
  ...{ ",": "comma", ".": "point", "'": "apostrophe", "\u2019": "apostrophe" },
  ...{ " ": "blank", "\u00a0": "no-break blank", "\u202f": "narrow blank" },
};

/** The columns of a file: which are loaded, under which names and types, and how their values are written. */
export function fileColumns(choices: readonly ColumnChoice[], errors: Readonly<Record<string, string>>): Part {
  const of = (choice: ColumnChoice, field: string) => errors[`${field}${choice.at}`];
  return html`${errors.columns && html`<p class="bad" role="alert">${errors.columns}</p>`}<datalist id="patterns">${PATTERNS.map(one => html`<option value="${one}"></option>`)}</datalist>${table<ColumnChoice>(
    {
      caption: "Columns of the file",
      columns: [
        { head: "In the file", cell: ({ at, from, use }) => checkbox(`use${at}`, from, { checked: use }) },
        {
          head: "In the table",
          cell: choice =>
            input(`name${choice.at}`, `Name of ${choice.from} in the table`, choice.name, of(choice, "name")),
        },
        { head: "Type", cell: choice => typeCell(choice, of(choice, "type")) },
        {
          head: "For example",
          cell: ({ example }) =>
            html`<span class="soft${example.length <= 24 && " whole"}">${example.slice(0, 80)}</span>`,
        },
        { head: "Values", cell: choice => valuesCell(choice, errors) },
      ],
    },
    choices,
  )}`;
}

function typeCell({ at, from, type, size, hint }: ColumnChoice, error: string | undefined): Part {
  const known = TYPES.includes(type) ? TYPES : [type, ...TYPES];
  const hinted = SIZED[type as keyof typeof SIZED];
  return html`<span class="pairing">${select(
    `type${at}`,
    `Type of ${from}`,
    type,
    known.map(one => [one, one]),
    error,
  )}
${input(`size${at}`, `Size of ${from}`, size, undefined, { placeholder: hinted ? (type === "decimal" ? "18,2" : "120") : "", title: hinted ?? "for varchar and decimal" })}</span>${hint && html`<small class="soft">${hint}</small>`}${error && html`<small class="bad" id="type${at}-error">${error}</small>`}`;
}

function valuesCell(choice: ColumnChoice, errors: Readonly<Record<string, string>>): Part {
  const { at, from, decimal, thousands, pattern, nulls, booleans } = choice;
  const marks = [
    decimal === "," && "decimal comma",
    thousands && `thousands mark ${NAMES[thousands] ?? thousands}`,
    pattern,
    nulls && `no value: ${nulls}`,
    booleans && `true, false: ${booleans}`,
  ].filter(Boolean);
  const wrong = ["decimal", "thousands", "pattern", "nulls", "booleans"].some(field => errors[`${field}${at}`]);
  const field = (name: string, label: string, control: (label: string) => View) =>
    html`<label class="stack"><span>${label}</span>${control(`${label} of ${from}`)}</label>${error(name)}`;
  const error = (name: string) =>
    errors[`${name}${at}`] && html`<small class="bad" id="${name}${at}-error">${errors[`${name}${at}`]}</small>`;
  return html`<details class="more"${wrong && html` open`}><summary>${marks.length > 0 ? marks.join("; ") : "plain"}</summary><div class="fields">
${field("decimal", "Decimal mark", label => select(`decimal${at}`, label, decimal, decimal === "." ? DECIMALS.slice(1) : [DECIMALS[0], DECIMALS[2]], errors[`decimal${at}`]))}
${field("thousands", "Thousands mark", label => select(`thousands${at}`, label, thousands, MARKS, errors[`thousands${at}`]))}
${field("pattern", "Pattern of dates", label => input(`pattern${at}`, label, pattern, errors[`pattern${at}`], { list: "patterns" }))}
${field("nulls", "Words for no value", label => input(`nulls${at}`, label, nulls, errors[`nulls${at}`], { placeholder: "NULL, n/a" }))}
${field("booleans", "Words for true, false", label => input(`booleans${at}`, label, booleans, errors[`booleans${at}`], { placeholder: "yes, no" }))}</div></details>`;
}

function input(
  name: string,
  label: string,
  value: string,
  error?: string,
  { placeholder, list, title }: { placeholder?: string; list?: string; title?: string } = {},
): View {
  const wrong = error && html` aria-invalid="true" aria-describedby="${name}-error"`;
  // A name has its error beneath it; other fields have theirs from whoever shows them.
  const beneath = error && name.startsWith("name") && html`<small class="bad" id="${name}-error">${error}</small>`;
  return html`<input class="field" name="${name}" value="${value}" aria-label="${label}"${placeholder && html` placeholder="${placeholder}"`}${title && html` title="${title}"`}${list && html` list="${list}"`}${wrong}>${beneath}`;
}

function select(
  name: string,
  label: string,
  value: string,
  options: readonly (readonly [value: string, text: string])[],
  error?: string,
): View {
  const known = options.some(([one]) => one === value) ? options : [[value, value] as const, ...options];
  return html`<select class="field" name="${name}" aria-label="${label}"${error && html` aria-invalid="true" aria-describedby="${name}-error"`}>${known.map(([one, text]) => html`<option value="${one}"${one === value && html` selected`}>${text}</option>`)}</select>`;
}
