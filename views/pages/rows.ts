import { group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { linkButton } from "../parts/button.ts";
import { facts } from "../parts/facts.ts";
import { hidden, textField } from "../parts/form.ts";
import { BY_PLACE, filters, live, pager, tabs, withQuery } from "../parts/list.ts";
import { head } from "../parts/sheet.ts";
import { type Column, table as factTable } from "../parts/table.ts";
import { noMatch, nothingYet, notice } from "../parts/verdict.ts";
import { ago } from "../times.ts";

/** A snapshot of a table, and who wrote it. */
export interface Snapshot {
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
  columns: readonly { name: string; type: string; required: boolean }[];
  snapshots: readonly Snapshot[];
  current?: string;
  key?: string;
}

/** A table of counts: the snapshot that it counts, and the values that come most often. */
export interface Counted {
  counted?: string;
  top: readonly { value: string | null; rows: string }[];
}

/** What rows are asked for. */
export interface Asked {
  text: string;
  sort: string;
  descending: boolean;
  from: number;
}

/** A table to browse; `found` is left out while Spark is asked. */
export interface RowsView {
  name: { catalog: string; namespace: string; table: string };
  path: string;
  query: URLSearchParams;
  here: string;
  tab: string;
  shown: number;
  now: number;
  mayEdit: boolean;
  found?: {
    table: TableFacts & { counts: readonly { by: string }[] };
    snapshot?: string;
    asked: Asked;
    rows: readonly Readonly<Record<string, unknown>>[];
    counts: readonly ({ by: string; target: { table: string } } & Partial<Counted>)[];
  };
}

/** The rows of a table, its columns, its snapshots, and what is counted of it. */
export function rowsPage(view: RowsView): View {
  const { name, path, found, here, mayEdit, tab, query } = view;
  const whole = `${name.catalog}.${name.namespace}.${name.table}`;
  const tools = mayEdit && found?.table.key && linkButton("Add a row", `${path}/row`);
  const top = head(name.table, { aside: html`<span class="soft mono">${whole}</span>`, tools });
  if (!found) return html`${top}<div${live("table", here, 1)}><p role="status">Spark is asked for ${whole} …</p></div>`;
  const all = [
    ["rows", "Rows"],
    ["columns", "Columns"],
    ["snapshots", "Snapshots"],
    ...(found.table.counts.length > 0 ? [["counts", "Counts"]] : []),
  ] as [string, string][];
  const snapshot = query.get("snapshot") ?? undefined;
  const links = all.map(([key, word]) => ({
    name: word,
    href: withQuery(path, new URLSearchParams(), { tab: key === "rows" ? undefined : key, snapshot }),
    here: key === tab,
  }));
  return html`${top}<div id="table">${state(view, found)}${tabs("Parts of the table", links)}
<section class="sheet" aria-label="${all.find(([key]) => key === tab)?.[1] ?? "Rows"}">${partOf(view, found)}</section></div>`;
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
  if (view.tab === "snapshots") return snapshots(view, found);
  return view.tab === "counts" ? counts(found) : rows(view, found);
}

function rows({ path, query, mayEdit, shown }: RowsView, { table, rows: all, asked, snapshot }: Found): Part {
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
    return name === table.key && mayEdit && !old
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
  return factTable(
    {
      caption: "Columns",
      columns: [
        { head: "Column", cell: ({ name }) => name },
        { head: "Type", cell: ({ type }) => html`<code>${type}</code>` },
        { head: "Null", cell: ({ required }) => (required ? "never" : "allowed") },
        { head: "Key", cell: ({ name }) => name === table.key && "key" },
      ],
    },
    table.columns,
  );
}

function snapshots({ path, now }: RowsView, { table }: Found): Part {
  if (table.snapshots.length === 0) return nothingYet("Nothing was written yet.", "Load a file into it.");
  return factTable(
    {
      caption: "Snapshots",
      columns: [
        { head: "Written", cell: ({ at }) => ago(at, now) },
        { head: "By", cell: ({ by, job }) => html`${by}${job && html` <a href="/jobs/${job}">its job</a>`}` },
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
