import type { SavedView } from "../../../core/people/saved-views.ts";
import { LINEAGE_STATES, type Lineage, type LineageState } from "../../../core/stations/lineage.ts";
import { group } from "../../format/figures.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { hidden, selectField, textField } from "../../parts/form.ts";
import { BY_PLACE, filters, pager, tabs, withQuery } from "../../parts/list.ts";
import { savedViewsBar } from "../../parts/saved-views.ts";
import { type Column, table } from "../../parts/table.ts";
import { breakable, tableName } from "../../parts/table-name.ts";
import { noMatch, nothingYet, notice } from "../../parts/verdict.ts";
import { LINEAGE_LOOKS, stateWords, stationLine } from "./lineage.ts";

/** A page of the board of tables, and how it was asked for. */
export interface BoardView {
  rows: readonly Lineage[];
  query: URLSearchParams;
  counts: Readonly<Record<LineageState, number>>;
  places: readonly { name: string; tables: number }[];
  /** What the person has saved, the query of what is open, and what is wrong with the name that it was to have. */
  views: readonly SavedView[];
  view: string;
  problem?: { name: string; message: string };
  from: number;
  more: boolean;
  now: number;
  mayStart: boolean;
  /** The index is just being compared with the archive: tables may be missing. */
  incomplete: boolean;
}

const FIELDS = ["text", "namespace"];

/** Every table with its stations: filters, counts, and what brings the selected ones up to date. */
export function boardPage(board: BoardView): View {
  const { query, incomplete } = board;
  const csv = linkButton("CSV", withQuery("/tables.csv", query, { from: undefined, sort: undefined }));
  const late = incomplete && notice("wait", "The archive is being compared with its index: tables may be missing.");
  return html`${head("Tables", { tools: csv })}${late}
<section class="card" aria-label="Tables">${filterForm(board)}<div id="tables">${savedViewsBar("/tables", board.views, board.view, board.problem)}${states(board)}${list(board)}</div></section>
${board.mayStart && checkForm(board)}`;
}

function filterForm({ query, places }: BoardView): View {
  const value = (name: string) => query.get(name) ?? "";
  const kept = value("state") && hidden("state", value("state"));
  const known = places.map(({ name, tables }) => [name, `${name} (${group(tables)})`] as const);
  // A namespace in the middle of a way stands in an address, not in the list of those where ways begin.
  const other = value("namespace") && !places.some(({ name }) => name === value("namespace"));
  const options = [
    ["", "Every namespace"] as const,
    ...(other ? [[value("namespace"), value("namespace")] as const] : []),
    ...known,
  ];
  return filters(
    "/tables",
    "tables",
    html`${kept}${textField({ name: "text", label: "Filter", type: "search", value: value("text"), placeholder: "a part of a name  /" })}
${selectField({ name: "namespace", label: "Namespace", value: value("namespace"), options })}
${selectField({
  name: "sort",
  label: "Order",
  value: value("sort"),
  options: [
    ["", "Most urgent first"],
    ["name", "By name"],
  ],
})}`,
    {
      clear:
        FIELDS.some(name => value(name) !== "") &&
        withQuery("/tables", new URLSearchParams(), { state: value("state") }),
    },
  );
}

function states({ query, counts }: BoardView): View {
  const here = query.get("state") ?? "";
  const all = Object.values(counts).reduce((a, b) => a + b, 0);
  const to = (state: string | undefined) => withQuery("/tables", query, { state, from: undefined });
  return tabs("States", [
    { name: "All", href: to(undefined), here: here === "", count: group(all) },
    ...LINEAGE_STATES.map(state => ({
      name: LINEAGE_LOOKS[state].word,
      href: to(state),
      here: here === state,
      count: group(counts[state]),
    })),
  ]);
}

function list(board: BoardView): Part {
  const { rows, query, from, more, mayStart, counts } = board;
  if (rows.length === 0) return none(board);
  const state = query.get("state") as LineageState | null;
  const matching = state ? counts[state] : Object.values(counts).reduce((a, b) => a + b, 0);
  const listed = table({ caption: "Tables and their stations", columns: columns(board) }, rows);
  const at = (place: number) => withQuery("/tables", query, { from: place > 0 ? String(place) : undefined });
  const pages = pager({
    names: BY_PLACE,
    newer: from > 0 ? at(Math.max(0, from - PAGE)) : undefined,
    older: more ? at(from + PAGE) : undefined,
    words: `${group(from + 1)} to ${group(from + rows.length)}`,
  });
  const all = html`${button("Bring selected up to date", { look: "primary" })}${button(`All ${group(matching)} that match`, { name: "all", value: "1" })}`;
  const below = html`<div class="total"><span class="soft">${group(matching)} ${matching === 1 ? "table" : "tables"}</span>${mayStart && html`<span class="tools">${all}</span>`}</div>`;
  const kept = [...FIELDS, "state"].map(name => query.get(name) && hidden(name, query.get(name) ?? ""));
  return mayStart
    ? html`<form method="post" action="/tables/up-to-date">${kept}${listed}${pages}${below}</form>`
    : html`${listed}${pages}${below}`;
}

/** How many tables a page of the board has. */
export const PAGE = 50;

function none({ query, counts }: BoardView): View {
  const isFiltered = [...FIELDS, "state", "from"].some(name => query.get(name));
  const all = Object.values(counts).reduce((a, b) => a + b, 0);
  if (isFiltered && all > 0) return noMatch("tables", "/tables");
  if (isFiltered) return noMatch("tables", "/tables");
  return nothingYet(
    "No table has been copied or looked at yet.",
    html`<a href="/ingest">Ingest tables from Hive</a>, or check a namespace for drift: its tables appear here.`,
  );
}

function columns({ now, mayStart }: BoardView): Column<Lineage>[] {
  const box: Column<Lineage> = {
    head: "Select",
    heading: html`<input type="checkbox" data-all aria-label="Select all on this page">`,
    cell: ({ last, name }) => html`<input type="checkbox" name="table" value="${last}" aria-label="${name}">`,
  };
  return [
    ...(mayStart ? [box] : []),
    {
      head: "Table",
      cell: ({ name, last }) =>
        html`${tableName(name, "narrow")}${last !== name && html`<small class="mono">${breakable(last)}</small>`}`,
    },
    { head: "State", cell: stateWords },
    { head: "Stations", cell: stationLine },
    { head: "Rows", num: true, cell: ({ stations }) => rowsOf(stations.at(-1)?.rows) },
    { head: "Last copied", cell: ({ stations }) => when(stations.at(-1)?.at, now) },
    { head: "Looked at", cell: ({ seen }) => when(seen, now) },
  ];
}

function rowsOf(rows: string | undefined): Part {
  return rows !== undefined && group(rows);
}

function when(at: string | undefined, now: number): Part {
  return at && html`<span class="soft">${ago(at, now)}</span>`;
}

function checkForm({ query, places }: BoardView): View {
  const field = textField({
    name: "namespace",
    label: "Namespace with its catalog",
    value: query.get("namespace") ?? "",
    placeholder: "hive.sales",
    list: places.map(({ name }) => name),
    required: true,
  });
  return card(
    { title: "Check for drift" },
    html`<p class="soft">Looks at every table of a namespace and at every place on their ways. It reads metadata only.</p>
<form method="post" action="/tables/check" class="row">${field}${button("Check now")}${button("Schedule…", { name: "go", value: "schedule" })}</form>`,
  );
}

/** A job that would bring tables up to date. */
export interface CatchUpLine {
  title: string;
  tables: readonly string[];
  follows: readonly string[];
  /** The job file. */
  file: string;
  /** How long it takes with what follows, where earlier jobs tell. */
  time?: string;
}

/** What would be done to bring tables up to date: a job for all that go the same way, and what is left out. */
export function catchUpPage({
  jobs,
  left,
  back,
  waits,
}: {
  jobs: readonly CatchUpLine[];
  left: readonly { table: string; why: string }[];
  back: string;
  waits: boolean;
}): View {
  const count = jobs.length === 1 ? "1 job" : `${group(jobs.length)} jobs`;
  const submit =
    jobs.length > 0 &&
    html`<form method="post" action="/tables/up-to-date/submit" class="inline">${button(`Submit ${count}`, { look: "primary" })}</form>`;
  const remark = waits && notice("wait", "No worker is running: jobs wait for one.");
  const reasons = [...Map.groupBy(left, ({ why }) => why)].sort((a, b) => b[1].length - a[1].length);
  return html`${head("Bring up to date", { tools: html`${submit}${linkButton("Back", back)}` })}${remark}
${jobs.length === 0 ? nothingYet("There is nothing to do.", "The tables below say why.") : html`<p>Nothing has been started. Plan a job to see what it would do with each table.</p>`}
${jobs.map((job, i) => jobCard(job, i))}
${
  reasons.length > 0 &&
  card(
    { title: "Left out", look: "tight", aside: `${group(left.length)} ${left.length === 1 ? "table" : "tables"}` },
    table(
      {
        caption: "Tables that are left out, and why",
        columns: [
          { head: "Why", cell: ([why]) => why },
          { head: "Tables", num: true, cell: ([, all]) => group(all.length) },
          { head: "Which", cell: ([, all]) => some(all.map(one => one.table)) },
        ],
      },
      reasons,
    ),
  )
}`;
}

const SHOWN = 5;

function some(names: readonly string[]): Part {
  const more = names.length - SHOWN;
  return html`${names.slice(0, SHOWN).map((name, i) => html`${i > 0 && ", "}${tableName(name)}`)}${more > 0 && ` and ${group(more)} more`}`;
}

function jobCard({ title, tables, follows, file, time }: CatchUpLine, i: number): View {
  const then = follows.length > 0 && html`<p>Then: ${follows.join(", then ")}.</p>`;
  const plan = html`<form method="post" action="/tables/up-to-date/plan" class="inline">${hidden("job", String(i))}${button("Plan")}</form>`;
  return card(
    { title, id: `job-${i + 1}`, tools: plan },
    html`<p>${some(tables)}</p>${then}${time && html`<p class="soft">Takes ${time}${follows.length > 0 && ", with what follows"}.</p>`}<details class="more"><summary>Job file</summary><pre class="code" tabindex="0"><code>${file}</code></pre></details>`,
  );
}
