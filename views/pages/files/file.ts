import { group, size } from "../../format/figures.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { facts, strip } from "../../parts/facts.ts";
import { hidden, selectField, textField } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { table } from "../../parts/table.ts";
import { notice, verdict } from "../../parts/verdict.ts";
import { type ColumnChoice, fileColumns } from "./file-columns.ts";

/** A file before it is loaded: what was found in it, what was chosen, and the look through all of it. */
export interface FileView {
  file: { name: string; bytes: number; sha256: string; at: string; by: string };
  sniffed: {
    dialect: Dialect;
    columns: readonly { name: string; type: string }[];
    records: readonly (readonly (string | null)[])[];
    lineEnd: string;
    bom: boolean;
    above: readonly string[];
    looked: number;
    whole: boolean;
    notes: readonly string[];
    problem?: string;
    choose?: string;
  };
  /** The encodings that may be chosen. */
  encodings: readonly string[];
  chosen: URLSearchParams;
  columns: readonly ColumnChoice[];
  /** A word that changes with the columns. */
  signature: string;
  /** What is wrong in the form, by the name of the field. */
  errors: Readonly<Record<string, string>>;
  table: string;
  key: string;
  here: string;
  look?: {
    id: string;
    step?: string;
    figures?: Readonly<Record<string, string>>;
    notes?: readonly string[];
    error?: { message: string; hint?: string };
  };
  waits?: string;
  now: number;
}

interface Dialect {
  delimiter: string;
  quote: string;
  escape: string;
  header: boolean;
  encoding: string;
  preamble: number;
  comment: string;
  blanks: boolean;
  trailing: boolean;
}

/** The page of one file. */
export function filePage(view: FileView): View {
  const { file, sniffed, now, errors } = view;
  const top = html`${head(file.name, { aside: html`<a href="/files">All files</a>` })}
${facts([
  ["Size", size(file.bytes)],
  ["Came", html`${ago(file.at, now)}${file.by && ` by ${file.by}`}`],
  ["Line ends", sniffed.lineEnd],
  ["Byte order mark", sniffed.bom && "yes"],
  ["SHA-256", file.sha256 && html`<code title="${file.sha256}">${file.sha256.slice(0, 16)}…</code>`],
])}`;
  if (sniffed.problem && !sniffed.choose)
    return html`${top}${verdict("failed", "This file can't be loaded.", [sniffed.problem])}`;
  const read = card({ title: "How it is read", tools: button("Refresh") }, reading(view));
  if (sniffed.problem)
    return html`${top}${notice("bad", sniffed.problem)}<form method="post" action="/files/${file.name}/look">${read}</form>`;
  const wrong = Object.keys(errors).length;
  return html`${top}${view.waits && notice("wait", view.waits)}${wrong > 0 && notice("bad", `Nothing was started: ${wrong === 1 ? "a field is" : `${wrong} fields are`} not right yet.`)}${view.look && looked(view, view.look)}
<form method="post" action="/files/${file.name}/look">${hidden("columns", view.signature)}
${read}
${card({ title: "Columns", look: "tight", aside: description(view) }, fileColumns(view.columns, errors))}
${card({ title: "Where it goes" }, target(view))}</form>
${card({ title: "The first records", look: "tight", aside: `${sniffed.records.length}` }, records(view))}`;
}

function description({ sniffed: { looked: count, whole } }: FileView): string {
  return whole
    ? `types hold for all ${group(count)} records`
    : `types hold for the first ${group(count)} records and for some further down; what does not fit is set aside`;
}

function reading({ sniffed, encodings, errors }: FileView): Part {
  const { delimiter, quote, header, encoding, preamble, comment, blanks, trailing } = sniffed.dialect;
  const known = [",", ";", "\t", "|"].includes(delimiter)
    ? []
    : [[delimiter, delimiter < " " ? `Ctrl-${String.fromCharCode(delimiter.charCodeAt(0) + 64)}` : delimiter] as const];
  const signs = [[",", "comma ,"], [";", "semicolon ;"], ["tab", "tab"], ["|", "bar |"], ...known] as const;
  const select = (name: string, label: string, value: string, options: readonly (readonly [string, string])[]) =>
    selectField({ name, label, value, options, error: errors[name] });
  const yesOrNo = (name: string, label: string, is: boolean, [yes, no]: readonly [string, string]) =>
    select(name, label, is ? "yes" : "no", [
      ["yes", yes],
      ["no", no],
    ]);
  return html`<div class="fields">${select("delimiter", "Delimiter", delimiter === "\t" ? "tab" : delimiter, signs)}
${select("quote", "Quote", quote === "" ? "none" : quote, [
  ['"', '"'],
  ["'", "'"],
  ["none", "none"],
])}
${select("escape", "Quotes inside a field", sniffed.dialect.escape, [
  ["double", 'are doubled: ""'],
  ["mysql", 'have a backslash: \\", \\N (MySQL)'],
  ["postgres", "no quotes, \\t and \\N (PostgreSQL text)"],
])}
${yesOrNo("header", "First record", header, ["names the columns", "is data"])}
${select(
  "encoding",
  "Encoding",
  encoding,
  encodings.map(one => [one, one === "ISO-8859-1" ? "ISO-8859-1 (Latin-1)" : one] as const),
)}
${textField({ name: "preamble", label: "Lines above the first record", value: String(preamble), error: errors.preamble })}
${select("comment", "Comment lines", comment === "" ? "none" : comment, [
  ["none", "none"],
  ["#", "begin with #"],
  ["%", "begin with %"],
  [";", "begin with ;"],
])}
${yesOrNo("blanks", "Blanks around fields", blanks, ["are taken away", "belong to them"])}
${yesOrNo("trailing", "Delimiter at a record's end", trailing, ["ends it", "begins another field"])}</div>
${sniffed.above.length > 0 && html`<p class="soft">Above the first record: ${sniffed.above.slice(0, 5).map(line => html`<code>${line}</code> `)}</p>`}
${sniffed.notes.length > 0 && html`<p class="soft">${sniffed.notes.join("; ")}</p>`}`;
}

function target({ file, table: name, key, chosen, sniffed, errors }: FileView): Part {
  const names = sniffed.columns.map(column => column.name);
  return html`<div class="fields">${textField({ name: "table", label: "Table", value: name, required: true, hint: "catalog.namespace.table", error: errors.table })}
${textField({ name: "key", label: "Key", value: key, required: true, list: names, hint: "one column, or several with commas", error: errors.key })}
${selectField({
  name: "onDuplicate",
  label: "Records with one key",
  value: chosen.get("onDuplicate") || "last",
  options: [
    ["last", "keep the last"],
    ["first", "keep the first"],
    ["reject", "none of them"],
  ],
})}
${selectField({
  name: "badRecords",
  label: "Invalid rows",
  value: chosen.get("badRecords") || "reject",
  options: [
    ["reject", "are left out"],
    ["fail", "stop the load"],
  ],
})}
${textField({ name: "countBy", label: "Count rows by", value: chosen.get("countBy") ?? "", list: names, error: errors.countBy })}
${textField({ name: "countInto", label: "into the table", value: chosen.get("countInto") ?? "", hint: "its name alone", error: errors.countInto })}</div>
<div class="row">${button("Load", { look: "primary", to: `/files/${file.name}/load` })}${button("Validate file", { to: `/files/${file.name}/inspect` })}</div>`;
}

function records({ sniffed }: FileView): Part {
  const columns = sniffed.columns.map(({ name }, at) => ({
    head: name,
    cell: (row: readonly (string | null)[]) =>
      row[at] === null ? html`<span class="soft">null</span>` : html`<span class="value">${row[at]}</span>`,
  }));
  return table({ caption: "The first records", columns }, sniffed.records);
}

const WORDS: readonly (readonly [name: string, what: string, kept?: "bad" | "conflicts"])[] = [
  ["records", "records"],
  ["lines", "physical lines"],
  ["keys", "keys"],
  ["overwritten", "overwrite or repeat another record of the file", "conflicts"],
  ["rejected", "share their key with another one", "conflicts"],
  ["bad", "invalid", "bad"],
  ["added", "new in the table"],
  ["changed", "change a row"],
  ["same", "are there already"],
];

function looked({ here }: FileView, { id, step, figures, notes = [], error }: NonNullable<FileView["look"]>): View {
  const running = !figures && !error;
  const link = (what: Part, kept: string | undefined, count: string) =>
    kept && count !== "0" ? html`<a href="/jobs/${id}/kept/${kept}">${what}</a>` : what;
  const cells = WORDS.flatMap(([name, what, kept]) => {
    const count = figures?.[name];
    return count === undefined ? [] : [{ figure: group(count), what: link(what, kept, count) }];
  });
  const body = running
    ? html`<p role="status">Looking through it: ${step}. <a href="/jobs/${id}">The job</a></p>`
    : error
      ? html`<p class="bad">${error.message} ${error.hint}</p>`
      : html`${strip(cells)}<p class="soft">${notes.join("; ")}</p>`;
  return html`<div${live("looked", here, running && 1)}>${card({ title: "All of it" }, body)}</div>`;
}
