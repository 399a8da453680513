import { type DayFigures, perDay } from "../charts/days.ts";
import { group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { linkButton } from "../parts/button.ts";
import { hidden, selectField, textField } from "../parts/form.ts";
import { filters, pager, tabs, withQuery } from "../parts/list.ts";
import { head } from "../parts/sheet.ts";
import { noMatch, nothingYet, notice } from "../parts/verdict.ts";
import { exact } from "../times.ts";
import { type ArchiveState, archiveSheets, trust } from "./audit-archive.ts";
import { type Figures, figures } from "./audit-figures.ts";
import { type AuditDeed, type AuditJob, type AuditTable, deedsTable, jobsTable, tablesTable } from "./audit-lists.ts";

/** The rows of one view of the audit, and the places before and after them. */
export type AuditList = { older?: string | undefined; newer?: string | undefined; first?: boolean } & (
  | { view: "jobs"; rows: readonly AuditJob[] }
  | { view: "tables"; rows: readonly AuditTable[] }
  | { view: "deeds"; rows: readonly AuditDeed[] }
);

/** Everything that a filter shows. Dates are `2026-11-23`, empty where there is no limit. */
export interface AuditReport {
  query: URLSearchParams;
  from: string;
  to: string;
  /** The first and last day of the charts. */
  span: { from: string; to: string };
  figures: Figures;
  days: readonly DayFigures[];
  list: AuditList;
  types: readonly string[];
  deeds: readonly string[];
  people: readonly string[];
  /** The filter as a sentence. */
  words: string;
  /** Dates to choose at once: their words, and where they begin. */
  spans: readonly (readonly [words: string, from: string])[];
  now: number;
}

const FILTERS = ["from", "to", "type", "state", "person", "table", "text", "outcome", "deed", "before", "after"];

/** The page of the audit: what a filter shows, then how far the archive can be trusted. */
export function auditPage(archive: ArchiveState, shown: View, incomplete: boolean, reader: string): View {
  const late = "Older jobs may be missing for a moment: the archive is being compared with its index.";
  const made = `Data Operations Portal, audit. Made ${exact(new Date(archive.now).toISOString())} for ${reader}.`;
  return html`${head("Audit", { tools: trust(archive) })}<p class="printed">${made}</p>
${incomplete && notice("wait", late)}${shown}${archiveSheets(archive)}`;
}

/** The filter, and what it shows: in words, the figures, the days, and the rows. The same for everybody. */
export function auditReport(report: AuditReport): View {
  return html`<section class="sheet" aria-label="Filter">${filterForm(report)}</section>${results(report)}`;
}

function filterForm({ query, from, to, list, types, deeds, people }: AuditReport): View {
  const value = (name: string) => query.get(name) ?? "";
  const choices = (all: readonly string[]) => all.map(one => [one, one] as const);
  const ofJobs = html`${selectField({ name: "type", label: "Type", value: value("type"), options: [["", "Every type that moves data"], ["all", "Every type, checks too"], ...choices(types)] })}
${selectField({
  name: "state",
  label: "State",
  value: value("state"),
  options: [
    ["", "Every state"],
    ["succeeded", "Succeeded"],
    ["failed", "Failed"],
    ["cancelled", "Cancelled"],
  ],
})}
${
  list.view === "tables" &&
  selectField({
    name: "outcome",
    label: "Outcome",
    value: value("outcome"),
    options: [
      ["", "Every outcome"],
      ["succeeded", "Succeeded"],
      ["failed", "Failed"],
      ["skipped", "Skipped"],
      ["cancelled", "Cancelled"],
    ],
  })
}
${textField({ name: "table", label: "Table", value: value("table"), placeholder: "hive.sales.orders" })}`;
  const ofDeeds = selectField({
    name: "deed",
    label: "Deed",
    value: value("deed"),
    options: [["", "Every deed"], ...choices(deeds)],
  });
  return filters(
    "/audit",
    "report",
    html`${list.view !== "jobs" && hidden("view", list.view)}
${textField({ name: "from", label: "From", type: "date", value: from })}${textField({ name: "to", label: "To", type: "date", value: to })}
${list.view === "deeds" ? ofDeeds : ofJobs}${textField({ name: "person", label: "Person", value: value("person"), list: people })}
${textField({ name: "text", label: "Find", type: "search", value: value("text"), placeholder: "any text  /" })}`,
    { clear: FILTERS.some(name => query.has(name)) && withQuery("/audit", new URLSearchParams(), view(list)) },
  );
}

function results(page: AuditReport): View {
  const { query, list, words, spans, span } = page;
  const whole = { before: undefined, after: undefined };
  const chosen = spans.map(([name, from]) => {
    const href = addressOf(query, { ...whole, from, to: "" });
    return html`<li><a href="${href}"${page.from === from && page.to === "" && html` aria-current="true"`}>${name}</a></li>`;
  });
  const numbers =
    list.view !== "deeds" &&
    html`${figures(page.figures, state => withQuery("/audit", query, { ...whole, state }))}${perDay(page.days, span.from, span.to)}`;
  return html`<div id="report"><div class="row"><p>${words}</p><ul class="spans">${chosen}</ul></div>
${numbers}<section class="sheet" aria-label="List"><header>${viewTabs(page)}<span class="tools">${linkButton("CSV", csvAddress(page))}<button class="button" type="button" data-print hidden>Print</button></span></header>
${rows(page)}</section></div>`;
}

function viewTabs({ query, list }: AuditReport): View {
  const names = { jobs: "Jobs", tables: "Tables", deeds: "Deeds of people" } as const;
  const all = (Object.keys(names) as (keyof typeof names)[]).map(view => ({
    name: names[view],
    href: withQuery("/audit", query, { ...WHOLE, view: view === "jobs" ? undefined : view }),
    here: view === list.view,
  }));
  return tabs("What of the audit", all);
}

const WHOLE = { before: undefined, after: undefined };

function rows({ list, query, now, figures: { jobs } }: AuditReport): View {
  if (list.rows.length === 0) return empty(list, query);
  const table =
    list.view === "jobs"
      ? jobsTable(list.rows, now)
      : list.view === "tables"
        ? tablesTable(list.rows, now)
        : deedsTable(list.rows, now);
  const older = list.older && withQuery("/audit", query, { before: list.older, after: undefined });
  const newer = list.newer
    ? withQuery("/audit", query, { after: list.newer, before: undefined })
    : list.first === false && withQuery("/audit", query, WHOLE);
  const part =
    list.view === "jobs" &&
    jobs > list.rows.length &&
    `${group(list.rows.length)} of ${group(jobs)} jobs are on this page`;
  const more =
    older && !query.has("rows") && linkButton("1,000 rows, to print", withQuery("/audit", query, { rows: "1000" }));
  return html`${table}${pager({ older: older || undefined, newer: newer || undefined, words: html`${part}${more}` })}`;
}

function empty({ view: shown }: AuditList, query: URLSearchParams): View {
  const isFiltered = FILTERS.some(name => query.get(name));
  if (isFiltered) return noMatch(shown, withQuery("/audit", new URLSearchParams(), view({ view: shown })));
  if (shown === "deeds") return nothingYet("Nobody has done anything in these days.", everything("deeds"));
  return nothingYet("No job has ended in these days.", html`${everything(shown)} Or <a href="/">start one</a>.`);
}

function everything(shown: string): Part {
  const href = withQuery("/audit", new URLSearchParams(), view({ view: shown }));
  return html`<a href="${href}${href.includes("?") ? "&" : "?"}from=&amp;to=">Look at all that is there.</a>`;
}

function view({ view: shown }: { view: string }): { view: string | undefined } {
  return { view: shown === "jobs" ? undefined : shown };
}

// An empty date means no limit: unlike other empty values it stays in the address.
function addressOf(query: URLSearchParams, change: Readonly<Record<string, string | undefined>>): string {
  const address = withQuery("/audit", query, change);
  return change.from === "" ? `${address}${address.includes("?") ? "&" : "?"}from=` : address;
}

function csvAddress({ query, from }: AuditReport): string {
  return withQuery("/audit.csv", query, {
    ...WHOLE,
    rows: undefined,
    ...(!query.has("from") && !query.has("to") && { from }),
  });
}
