import type { Lineage } from "../../../core/stations/lineage.ts";
import { group } from "../../format/figures.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { facts } from "../../parts/facts.ts";
import { hidden, textField } from "../../parts/form.ts";
import { BY_PLACE, filters, live, pager, tabs, withQuery } from "../../parts/list.ts";
import { type Column, table as factTable } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { noMatch, nothingYet, notice, verdict } from "../../parts/verdict.ts";
import { lineageCards } from "./lineage.ts";
import { certificateLinks, lastWritten, recordsTable, type TableRecord } from "./table-records.ts";

/** A snapshot of a table, and who wrote it. */
export interface SnapshotChoice {
  id: string;
  at: string;
  operation: string;
  by?: string;
  job?: string;
  added?: string;
  deleted?: string;
  rows?: string;
}

/** A table as it is now: its columns, its snapshots with the newest first, and what its key is. */
export interface TableFacts {
  kind: "iceberg" | "hive" | "view";
  columns: readonly { name: string; type: string; required: boolean; comment?: string }[];
  description: readonly (readonly [name: string, value: string])[];
  snapshots: readonly SnapshotChoice[];
  current?: string;
  key?: string;
}

/** A table of counts: the snapshot that it counts, and the values that come most often. */
export interface RowCount {
  counted?: string;
  top: readonly { value: string | null; rows: string }[];
}

/** What rows are asked for. */
export interface BrowseQuery {
  text: string;
  sort: string;
  descending: boolean;
  from: number;
}

/** A table to browse; `found` is left out while Spark is asked, and where a `problem` says why it can't be. */
export interface RowsView {
  name: { catalog: string; namespace: string; table: string };
  path: string;
  query: URLSearchParams;
  here: string;
  tab: string;
  shown: number;
  now: number;
  /** Whether this person sees rows, and may edit them; everybody sees the description. */
  mayRead: boolean;
  records: readonly TableRecord[];
  /** The ways that lead through it. */
  lineages: readonly Lineage[];
  schedules: readonly { name: string; title: string }[];
  /** What was just done to a row of it. */
  saved?: string;
  /** Why it can't be asked for. `isClosed`: not by this portal, which holds no secret. */
  problem?: { message: string; hint?: string; isClosed?: boolean };
  found?: {
    table: TableFacts & { counts: readonly { by: string }[] };
    snapshot?: string;
    asked: BrowseQuery;
    rows: readonly Readonly<Record<string, unknown>>[];
    counts: readonly ({ by: string; target: { table: string } } & Partial<RowCount>)[];
  };
}

/** The rows of a table, its columns, its snapshots, what is counted of it, and the jobs that read or wrote it. */
export function rowsPage(view: RowsView): View {
  const { name, path, found, here, mayRead, tab, query, problem, records, now } = view;
  const whole = `${name.catalog}.${name.namespace}.${name.table}`;
  const tools = mayRead && found?.table.key && linkButton("Add a row", `${path}/row`);
  const top = html`${view.saved && notice("good", view.saved)}${head(name.table, { aside: html`<span class="soft mono">${whole}</span>`, tools })}${lineageCards(view.lineages, { here: whole, now, schedules: view.schedules })}`;
  if (problem)
    return html`${top}<div id="table" class="stack-page">${verdict(problem.isClosed ? "skipped" : "unavailable", problem.message, [problem.hint])}${known(records, now)}
${card({ title: "Jobs", look: "tight" }, recordsTable(records, now))}</div>`;
  if (!found)
    return html`${top}<div${live("table", here, 1)} aria-busy="true"><p role="status">Spark is asked for ${whole} …</p><progress aria-label="Spark is asked"></progress></div>`;
  const { snapshots: all, counts: counted } = found.table;
  const parts = [
    ["rows", "Rows"],
    ["columns", "Columns"],
    ...(all.length > 0 || found.table.kind === "iceberg" ? [["snapshots", "Snapshots"]] : []),
    ...(counted.length > 0 ? [["counts", "Counts"]] : []),
    ["jobs", "Jobs"],
  ] as [string, string][];
  const snapshot = query.get("snapshot") ?? undefined;
  const links = parts.map(([key, word]) => ({
    name: word,
    href: withQuery(path, new URLSearchParams(), { tab: key === "rows" && mayRead ? undefined : key, snapshot }),
    here: key === tab,
  }));
  return html`${top}<div id="table">${state(view, found)}${tabs("Parts of the table", links)}
<section class="card" aria-label="${parts.find(([key]) => key === tab)?.[1] ?? "Rows"}">${partOf(view, found)}</section></div>`;
}

function known(records: RowsView["records"], now: number): Part {
  const written = lastWritten(records, now);
  return written.length > 0 && card({ title: "As the last job left it" }, facts(written));
}

type Found = NonNullable<RowsView["found"]>;

function state({ now, path }: RowsView, { table, snapshot }: Found): Part {
  const one = table.snapshots.find(({ id }) => id === snapshot);
  const old = snapshot !== table.current;
  return html`${old && notice("wait", html`This is how the table was ${one && ago(one.at, now)}. <a href="${path}">See it as it is now</a>`)}${facts(
    [
      ["Rows", one?.rows && group(one.rows)],
      ["Key", table.key],
      ["Last written", one && html`${ago(one.at, now)}${one.by && ` by ${one.by}`}`],
      ["Snapshot", snapshot && html`<code>${snapshot}</code>`],
    ],
  )}`;
}

function partOf(view: RowsView, found: Found): Part {
  if (view.tab === "columns") return columns(found);
  if (view.tab === "jobs")
    return html`${recordsTable(view.records, view.now)}${view.records.length > 0 && html`<div class="row inside-line">${certificateLinks(`${view.name.catalog}.${view.name.namespace}.${view.name.table}`)}</div>`}`;
  if (!view.mayRead && view.tab !== "snapshots")
    return nothingYet("Rows are shown to operators.", "An administrator can change your role.");
  if (view.tab === "snapshots") return snapshots(view, found);
  return view.tab === "counts" ? counts(found) : rows(view, found);
}

function rows({ path, query, shown }: RowsView, { table, rows: all, asked, snapshot }: Found): Part {
  const few = all.slice(0, shown);
  const old = snapshot !== table.current;
  const to = (change: Record<string, string | undefined>) => withQuery(path, query, change);
  const find = filters(
    path,
    "table",
    html`${textField({ name: "text", label: "Find in all columns", type: "search", value: asked.text })}${old && snapshot && hidden("snapshot", snapshot)}`,
    { clear: asked.text !== "" && to({ text: undefined, from: undefined }), label: "Find rows" },
  );
  const cell = (name: string) => (row: Readonly<Record<string, unknown>>) => {
    const value = row[name];
    if (value === null) return html`<span class="soft">null</span>`;
    const text = String(value);
    if (text === "" && name !== table.key) return html`<span class="soft">empty</span>`;
    return name === table.key && !old
      ? html`<a href="${path}/row?key=${encodeURIComponent(text)}">${text || "(empty)"}</a>`
      : html`<span class="value">${text.length > 400 ? `${text.slice(0, 400)}…` : text}</span>`;
  };
  const columns = table.columns.map(
    ({ name, type }): Column<Readonly<Record<string, unknown>>> => ({
      head: name,
      sort: name,
      num: NUMBERS.test(type),
      cell: cell(name),
    }),
  );
  const href = (sort: string, descending: boolean) =>
    to({ sort, order: descending ? "desc" : undefined, from: undefined });
  const list = factTable(
    { caption: "Rows", columns, sorting: { by: asked.sort, descending: asked.descending, href } },
    few,
  );
  const none = asked.text
    ? noMatch("rows", to({ text: undefined, from: undefined }))
    : nothingYet("The table has no rows.", "Load a file into it, or add one.");
  const at = (from: number) => to({ from: from === 0 ? undefined : String(from) });
  const pages = pager({
    names: BY_PLACE,
    newer: asked.from > 0 ? at(Math.max(0, asked.from - shown)) : undefined,
    older: all.length > shown ? at(asked.from + shown) : undefined,
    words: `${group(asked.from + 1)} to ${group(asked.from + few.length)}`,
  });
  return html`${find}${few.length === 0 ? none : list}${pages}`;
}

const NUMBERS = /^(int|bigint|float|double|decimal)/;

function columns({ table }: Found): Part {
  const about = table.description.map(
    ([name, value]) => [name, name === "Copied from" ? tableName(value) : value] as const,
  );
  return html`${about.length > 0 && html`<div class="inside">${facts(about)}</div>`}${factTable(
    {
      caption: "Columns",
      columns: [
        { head: "Column", cell: ({ name }) => name },
        { head: "Type", cell: ({ type }) => html`<code>${type}</code>` },
        { head: "Null", cell: ({ required }) => (required ? "never" : "allowed") },
        { head: "Key", cell: ({ name }) => name === table.key && "key" },
        { head: "Comment", cell: ({ comment }) => comment },
      ],
    },
    table.columns,
  )}`;
}

function snapshots({ path, now }: RowsView, { table }: Found): Part {
  if (table.snapshots.length === 0) return nothingYet("Nothing was written yet.", "Load a file into it.");
  return factTable(
    {
      caption: "Snapshots",
      columns: [
        { head: "Written", cell: ({ at }) => ago(at, now) },
        { head: "Submitted by", cell: ({ by, job }) => html`${by}${job && html` <a href="/jobs/${job}">its job</a>`}` },
        { head: "What", cell: ({ operation }) => operation },
        { head: "Added", num: true, cell: ({ added }) => added && group(added) },
        { head: "Deleted", num: true, cell: ({ deleted }) => deleted && group(deleted) },
        { head: "Rows then", num: true, cell: ({ rows: count }) => count && group(count) },
        {
          head: "Snapshot",
          cell: ({ id }) =>
            id === table.current ? html`<code>${id}</code> current` : html`<a href="${path}?snapshot=${id}">${id}</a>`,
        },
      ],
    },
    table.snapshots,
  );
}

function counts({ table, counts: all }: Found): Part {
  return all.map(({ by, target, counted, top = [] }) => {
    const most = Math.max(1, ...top.map(({ rows: count }) => Number(count)));
    const stale =
      counted !== table.current &&
      notice("wait", "These are the counts of an earlier snapshot; they are made again with the next load or edit.");
    const bar = (count: string) =>
      html`<meter min="0" max="${most}" value="${Number(count)}" aria-hidden="true"></meter>`;
    return html`${stale}${factTable(
      {
        caption: `Rows by ${by}, the most frequent first, from ${target.table}`,
        columns: [
          { head: by, cell: ({ value }) => value ?? html`<span class="soft">null</span>` },
          { head: "Rows", num: true, cell: ({ rows: count }) => group(count) },
          { head: "Share", quiet: true, cell: ({ rows: count }) => bar(count) },
        ],
      },
      top,
    )}`;
  });
}
