import { group, size } from "../../format/figures.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button } from "../../parts/button.ts";
import { head } from "../../parts/card.ts";
import { checkbox, hidden, selectField } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableHref, withTables } from "../../parts/table-name.ts";
import { noMatch, nothingYet, notice } from "../../parts/verdict.ts";

/** A table that may be picked. What is not known yet is absent. */
export interface PickLine {
  name: string;
  chosen: boolean;
  format?: string;
  partitions?: string;
  rows?: string;
  bytes?: string;
  snapshots?: string;
  changedAt?: string;
  /** What was done with it before. */
  before?: Part;
  comment?: string;
  /** Why it can't be picked. */
  refusal?: { message: string; hint?: string };
  pending: boolean;
  error?: string;
}

/** A page where tables are picked, and everything that its one form keeps. */
export interface Picker {
  path: string;
  title: string;
  /** The catalog of the tables, whose names lead to their pages. */
  catalog: string;
  /** The name and label of the field that says which tables: database, namespace. */
  place: { name: string; label: string; value: string; options: readonly string[]; pending: boolean; error?: string };
  /** Other fields above the tables. */
  fields: Part;
  /** What may follow, below them. */
  then: Part;
  text: string;
  sort: string;
  page: number;
  pages: number;
  lines: readonly PickLine[];
  total: number;
  matching: number;
  /** Tables whose details are still being read. */
  pending: number;
  spark?: string;
  error?: string;
  /** `hidden` counts what is chosen and not among the tables that the filter leaves. */
  chosen: { count: number; hidden: number; words: string };
  verb: string;
  columns: readonly ("format" | "partitions" | "snapshots")[];
  asOf?: string;
  mayStart: boolean;
  now: number;
}

/** The page: which tables there are, which are chosen, and what it will cost, before the one blue button. */
export function pickerPage(picker: Picker): View {
  const { path, title, place, spark } = picker;
  const waiting = spark ?? (place.pending ? "Asking for what there is …" : undefined);
  return html`${head(title)}<div${live("picker-page", here(picker, {}), waiting !== undefined && 1)} class="stack-page">
${spark && notice("wait", html`${spark}: this page fills by itself as soon as it answers. <noscript><a href="${here(picker, {})}">Refresh</a></noscript>`)}
${place.error && !spark && notice("bad", place.error)}
<section class="card" aria-label="Tables">${chooser(picker)}${place.value ? form(picker, path) : nothingChosen(picker)}</section></div>`;
}

function chooser({ path, place }: Picker): View {
  const options = place.options.map(one => [one, one] as const);
  const known = place.value && !place.options.includes(place.value) ? [[place.value, place.value] as const] : [];
  return html`<form class="filters" method="get" action="${path}" hx-get="${path}" hx-trigger="change, submit" hx-select="#picker-page" hx-target="#picker-page" hx-swap="outerMorph ignoreTitle:true" hx-push-url="true">${selectField({ name: place.name, label: place.label, value: place.value, options: [["", "Choose …"], ...known, ...options] })}${button("Show")}</form>`;
}

function nothingChosen({ place }: Picker): View {
  if (place.pending) return html`<div class="empty"><p class="soft">Asking for what there is …</p></div>`;
  if (place.options.length === 0)
    return nothingYet("There is nothing to choose from yet.", `No ${place.label} was found.`);
  return nothingYet(`No ${place.label} is chosen yet.`, `There are ${place.options.length}.`);
}

function form(picker: Picker, path: string): View {
  const { place, fields, sort, page, text, matching, total, mayStart } = picker;
  const words = text
    ? html`${group(matching)} of ${group(total)} match`
    : html`${group(total)} ${total === 1 ? "table" : "tables"}`;
  return html`<form id="picker" method="post" action="${path}/choose" hx-post="${path}/choose" hx-trigger="change delay:60ms, input delay:300ms" hx-sync="this:replace" hx-select="#picker" hx-target="this" hx-swap="outerMorph ignoreTitle:true" hx-replace-url="true">
${hidden(place.name, place.value)}${hidden("sort", sort)}${hidden("page", String(page))}
${fields && html`<div class="filters">${fields}</div>`}
<div class="filters"><label class="stack"><span>Filter tables</span><input class="field" type="search" name="text" value="${text}" placeholder="part of a name  /"></label>${button("Filter", { name: "go", value: "find" })}<span class="soft">${words}</span><span id="fresh">${freshness(picker)}</span>
${mayStart && html`<span class="tools">${button(text ? `Select these ${group(matching)}` : "Select all", { name: "go", value: "all" })}${button("Clear", { name: "go", value: "none" })}</span>`}</div>
${listed(picker)}${pages(picker)}${mayStart ? below(picker) : html`<p class="soft inside-line">Operators can start this; you may look.</p>`}</form>`;
}

function freshness({ pending, asOf, now }: Picker): Part {
  const age =
    asOf &&
    html`<span class="soft">read ${ago(asOf, now)} ${button("Refresh", { name: "go", value: "refresh" })}</span>`;
  return pending > 0 ? html`<span class="soft" role="status">reading details, ${group(pending)} to go</span>` : age;
}

function listed(picker: Picker): View {
  const { lines, place, text, total, pending, sort, error } = picker;
  if (error && lines.length === 0) return notice("bad", error);
  if (lines.length === 0 && text) return noMatch("tables", here(picker, { text: undefined }));
  if (lines.length === 0 && pending === 0 && !place.pending && total === 0)
    return nothingYet("There are no tables here.", `Choose another ${place.label.toLowerCase()}.`);
  const isLive = pending > 0 || lines.some(line => line.pending);
  const rows = table(
    { caption: `Tables of ${place.value}`, columns: columns(picker, sort) },
    lines,
    ({ name }) => html`id="table-${name}"`,
  );
  return html`<div${live("listed", here(picker, {}), isLive && 1, ["fresh"])}>${rows}${lines.map(({ name }) => hidden("shown", name))}</div>`;
}

function columns({ columns: wanted, now, mayStart, catalog, place }: Picker, sort: string): Column<PickLine>[] {
  const sortable = (key: string, label: string) => {
    const order = sort === key ? "↑" : sort === `-${key}` ? "↓" : "";
    return { label, key, order };
  };
  const heading = ({ label, key, order }: ReturnType<typeof sortable>): View =>
    html`<button class="sort" name="go" value="sort:${sort === key ? `-${key}` : key}">${label}${order && html` <span aria-hidden="true">${order}</span>`}</button>`;
  return [
    ...(mayStart ? [{ head: "Select", quiet: true, cell: box }] : []),
    {
      head: "Table",
      heading: heading(sortable("name", "Table")),
      cell: line => name(line, `${catalog}.${place.value}`),
      order: orderOf(sort, "name"),
    },
    ...(wanted.includes("format")
      ? [
          {
            head: "Format",
            cell: ({ format, pending }: PickLine) => format ?? (pending && html`<span class="soft">…</span>`),
          },
        ]
      : []),
    ...(wanted.includes("partitions")
      ? [
          {
            head: "Partitions",
            cell: ({ partitions }: PickLine) => partitions && html`<span class="soft">${partitions}</span>`,
          },
        ]
      : []),
    ...(wanted.includes("snapshots")
      ? [{ head: "Snapshots", num: true, cell: ({ snapshots }: PickLine) => snapshots }]
      : []),
    {
      head: "Rows",
      heading: heading(sortable("rows", "Rows")),
      num: true,
      cell: ({ rows }) => rows && group(rows),
      order: orderOf(sort, "rows"),
    },
    {
      head: "Size",
      heading: heading(sortable("bytes", "Size")),
      num: true,
      cell: ({ bytes }) => bytes && size(bytes),
      order: orderOf(sort, "bytes"),
    },
    {
      head: "Changed",
      heading: heading(sortable("changed", "Changed")),
      cell: ({ changedAt }) => html`<span class="soft">${ago(changedAt, now)}</span>`,
      order: orderOf(sort, "changed"),
    },
  ];
}

function orderOf(sort: string, key: string): "ascending" | "descending" | undefined {
  return sort === key ? "ascending" : sort === `-${key}` ? "descending" : undefined;
}

function box({ name: value, chosen, refusal }: PickLine): View {
  return html`<input type="checkbox" name="name" value="${value}" aria-label="${value}"${chosen && html` checked`}${refusal && html` disabled`}>`;
}

function name({ name: text, before, comment, refusal, error }: PickLine, of: string): Part {
  const why =
    refusal &&
    html`<small><span class="bad">${withTables(refusal.message)}</span> ${refusal.hint && withTables(refusal.hint)}</small>`;
  const href = tableHref(`${of}.${text}`);
  return html`<span class="mono">${href ? html`<a href="${href}">${text}</a>` : text}</span>${comment && html`<small>${comment}</small>`}${before && html`<small>${before}</small>`}${why}${error && html`<small class="bad">${error}</small>`}`;
}

function pages({ page, pages: last }: Picker): Part {
  if (last < 2) return undefined;
  const to = (target: number, label: string) => button(label, { name: "go", value: `page:${target}` });
  return html`<nav class="pager" aria-label="Pages">${page > 1 && to(page - 1, "Before")}<span class="soft">page ${page} of ${last}</span>${page < last && to(page + 1, "Next")}</nav>`;
}

function below({ chosen, then, verb }: Picker): View {
  const none = chosen.count === 0;
  const count = chosen.count === 1 ? "1 table" : `${group(chosen.count)} tables`;
  const hiddenWords =
    chosen.hidden > 0 &&
    html` <strong>${group(chosen.hidden)} of them ${chosen.hidden === 1 ? "is" : "are"} hidden by the filter.</strong>`;
  // The buttons work without a script too, so none is disabled: without a selection the answer says what is missing.
  return html`<div class="total" id="total"><span role="status"><strong>${count}</strong> selected <span class="soft">${chosen.words}</span>${hiddenWords}</span><span class="row">${then}</span>
<span class="tools">${button("Copy as…", { name: "go", value: "copy" })}${button("Schedule…", { name: "go", value: "schedule" })}${button("Plan", { name: "go", value: "plan" })}${button(none ? verb : `${verb} ${count}`, { look: "primary", name: "go", value: "start" })}</span></div>`;
}

/** The address of a picker with some of what it shows changed. */
export function here(
  { path, place, text, sort, page }: Pick<Picker, "path" | "place" | "text" | "sort" | "page">,
  change: { text?: undefined },
): string {
  const query = new URLSearchParams();
  if (place.value) query.set(place.name, place.value);
  if (text && !("text" in change)) query.set("text", text);
  if (sort !== "name") query.set("sort", sort);
  if (page > 1) query.set("page", String(page));
  const words = query.toString();
  return words ? `${path}?${words}` : path;
}

/** The boxes that say what follows. */
export function thenBoxes(boxes: readonly { name: string; label: string; checked: boolean }[]): Part {
  return boxes.map(({ name: field, label, checked }) => checkbox(field, label, { checked }));
}
