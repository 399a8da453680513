import { group, size } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { button } from "../parts/button.ts";
import { facts, strip } from "../parts/facts.ts";
import { checkbox, hidden, selectField, textField } from "../parts/form.ts";
import { live } from "../parts/list.ts";
import { head, sheet } from "../parts/sheet.ts";
import { table } from "../parts/table.ts";
import { notice, verdict } from "../parts/verdict.ts";
import { ago } from "../times.ts";

/** A file before it is loaded: what was found at its beginning, what was chosen, and the look through all of it. */
export interface FileView {
  file: { name: string; bytes: number; sha256: string; at: string; by: string };
  sniffed: {
    dialect: { delimiter: string; quote: string; header: boolean; encoding: string };
    columns: readonly { name: string; type: string }[];
    records: readonly (readonly string[])[];
    lineEnd: string;
    bom: boolean;
    problem?: string;
  };
  chosen: URLSearchParams;
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

/** The page of one file. */
export function filePage(view: FileView): View {
  const { file, sniffed, now } = view;
  const top = html`${head(file.name, { aside: html`<a href="/files">All files</a>` })}
${facts([
  ["Size", size(file.bytes)],
  ["Came", html`${ago(file.at, now)}${file.by && ` by ${file.by}`}`],
  ["Line ends", sniffed.lineEnd],
  ["Byte order mark", sniffed.bom && "yes"],
  ["SHA-256", file.sha256 && html`<code title="${file.sha256}">${file.sha256.slice(0, 16)}…</code>`],
])}`;
  if (sniffed.problem) return html`${top}${verdict("failed", "This file can't be loaded.", [sniffed.problem])}`;
  return html`${top}${view.waits && notice("wait", view.waits)}${view.look && looked(view, view.look)}
<form method="post" action="/files/${file.name}/look">${hidden("columns", "1")}
${sheet({ title: "How it is read", tools: button("Look again") }, reading(view))}
${sheet({ title: "Columns", look: "tight" }, columns(view))}
${sheet({ title: "Where it goes" }, target(view))}</form>
${sheet({ title: "The first records", look: "tight", aside: `${sniffed.records.length}` }, records(view))}`;
}

function reading({ sniffed: { dialect } }: FileView): Part {
  const { delimiter, quote, header, encoding } = dialect;
  const known = [",", ";", "\t", "|"].includes(delimiter) ? [] : [[delimiter, delimiter] as const];
  const signs = [[",", "comma ,"], [";", "semicolon ;"], ["tab", "tab"], ["|", "bar |"], ...known] as const;
  return html`<div class="fields">${selectField({ name: "delimiter", label: "Delimiter", value: delimiter === "\t" ? "tab" : delimiter, options: signs })}
${selectField({
  name: "quote",
  label: "Quote",
  value: quote,
  options: [
    ['"', '"'],
    ["'", "'"],
  ],
})}
${selectField({
  name: "header",
  label: "First record",
  value: header ? "yes" : "no",
  options: [
    ["yes", "names the columns"],
    ["no", "is data"],
  ],
})}
${selectField({
  name: "encoding",
  label: "Encoding",
  value: encoding,
  options: [
    ["UTF-8", "UTF-8"],
    ["ISO-8859-1", "Latin-1 (ISO-8859-1)"],
  ],
})}</div>`;
}

const TYPES = [
  "string",
  "varchar(420)",
  "varchar(120)",
  "boolean",
  "int",
  "bigint",
  "double",
  "decimal(18,2)",
  "date",
  "timestamp",
];

function columns({ sniffed, chosen }: FileView): Part {
  const sent = chosen.has("columns");
  const lines = sniffed.columns.map((column, at) => ({ ...column, at }));
  const field = (name: string, label: string, value: string, list?: string) =>
    html`<input class="field" name="${name}" value="${value}" aria-label="${label}"${list && html` list="${list}"`}>`;
  return html`<datalist id="types">${TYPES.map(type => html`<option value="${type}"></option>`)}</datalist>${table(
    {
      caption: "Columns of the file",
      columns: [
        {
          head: "In the file",
          cell: ({ name, at }) => checkbox(`use${at}`, name, { checked: !sent || chosen.has(`use${at}`) }),
        },
        {
          head: "In the table",
          cell: ({ name, at }) => field(`name${at}`, `Name of ${name} in the table`, chosen.get(`name${at}`) || name),
        },
        {
          head: "Type",
          cell: ({ name, type, at }) => field(`type${at}`, `Type of ${name}`, chosen.get(`type${at}`) || type, "types"),
        },
        {
          head: "For example",
          cell: ({ at }) => html`<span class="soft">${(sniffed.records[0]?.[at] ?? "").slice(0, 80)}</span>`,
        },
      ],
    },
    lines,
  )}`;
}

function target({ file, table: name, key, chosen, sniffed }: FileView): Part {
  const names = sniffed.columns.map(column => column.name);
  return html`<div class="fields">${textField({ name: "table", label: "Table", value: name, required: true, hint: "catalog.namespace.table" })}
${textField({ name: "key", label: "Key", value: key, required: true, list: names, hint: "one column, or several with commas" })}
${selectField({
  name: "onDuplicate",
  label: "Records with one key",
  value: chosen.get("onDuplicate") || "last",
  options: [
    ["last", "the last one counts"],
    ["first", "the first one counts"],
    ["reject", "none of them"],
  ],
})}
${selectField({
  name: "badRecords",
  label: "Records that can't be taken",
  value: chosen.get("badRecords") || "reject",
  options: [
    ["reject", "are left out"],
    ["fail", "stop the load"],
  ],
})}
${textField({ name: "countBy", label: "Count rows by", value: chosen.get("countBy") ?? "", list: names })}
${textField({ name: "countInto", label: "into the table", value: chosen.get("countInto") ?? "" })}</div>
<div class="row">${button("Load", { look: "primary", to: `/files/${file.name}/load` })}${button("Look through it all", { to: `/files/${file.name}/inspect` })}</div>`;
}

function records({ sniffed }: FileView): Part {
  const columns = sniffed.columns.map(({ name }, at) => ({
    head: name,
    cell: (row: readonly string[]) => html`<span class="value">${row[at]}</span>`,
  }));
  return table({ caption: "The first records", columns }, sniffed.records);
}

const WORDS: readonly (readonly [name: string, what: string, kept?: "bad" | "conflicts"])[] = [
  ["records", "records"],
  ["lines", "physical lines"],
  ["keys", "keys"],
  ["overwritten", "overwrite or repeat another record of the file", "conflicts"],
  ["rejected", "share their key with another one", "conflicts"],
  ["bad", "can't be taken", "bad"],
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
  return html`<div${live("looked", here, running && 1)}>${sheet({ title: "All of it" }, body)}</div>`;
}
