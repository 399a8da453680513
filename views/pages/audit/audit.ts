import type { Totals } from "../../../core/audit/index/sums.ts";
import { type DayFigures, perDay } from "../../charts/days.ts";
import { group } from "../../format/figures.ts";
import { proofHelp } from "../../format/state.ts";
import { exact } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { head } from "../../parts/card.ts";
import { hidden, selectField, textField } from "../../parts/form.ts";
import { filters, pager, tabs, withQuery } from "../../parts/list.ts";
import { noMatch, nothingYet, notice } from "../../parts/verdict.ts";
import { type ArchiveState, archiveCards, trust } from "./audit-archive.ts";
import { auditFigures } from "./audit-figures.ts";
import {
  type ActivityLine,
  type AuditJob,
  type AuditTable,
  activityTable,
  jobsTable,
  tablesTable,
} from "./audit-lists.ts";

/** The rows of one view of the audit, and the places before and after them. */
export type AuditList = { older?: string | undefined; newer?: string | undefined; first?: boolean } & (
  | { view: "jobs"; rows: readonly AuditJob[] }
  | { view: "tables"; rows: readonly AuditTable[] }
  | { view: "activity"; rows: readonly ActivityLine[] }
);

/** Everything that a filter shows. Dates are `2026-11-23`, empty where there is no limit. */
export interface AuditReport {
  query: URLSearchParams;
  from: string;
  to: string;
  /** What is wrong with a date, at its field. */
  errors: { from?: string; to?: string };
  /** The totals and the days of a chart, with its first and last; `later` where they are still being added up. */
  figures: { totals: Totals; days: readonly DayFigures[]; span: { from: string; to: string } } | "later" | undefined;
  list: AuditList;
  types: readonly string[];
  events: readonly string[];
  people: readonly string[];
  /** The filter as a sentence. */
  words: string;
  /** Dates to choose at once: their words, and where they begin. */
  spans: readonly (readonly [words: string, from: string])[];
  now: number;
}

const FILTERS = ["from", "to", "type", "state", "person", "table", "text", "outcome", "action", "before", "after"];

/** The page of the audit: what a filter shows, then how far the archive can be trusted. */
export function auditPage(archive: ArchiveState, shown: View, incomplete: boolean, reader: string): View {
  const late = "Older jobs may be missing for a moment: the archive is being compared with its index.";
  const made = `Data Operations Portal, audit. Made ${exact(new Date(archive.now).toISOString())} for ${reader}.`;
  return html`${head("Audit", { tools: trust(archive) })}<p class="printed">${made}</p>
${incomplete && notice("wait", late)}${shown}${archiveCards(archive)}`;
}

/** The filter, and what it shows: in words, the figures, the days, and the rows. The same for everybody. */
export function auditReport(report: AuditReport): View {
  return html`<section class="card" aria-label="Filter">${filterForm(report)}</section>${results(report)}`;
}

function filterForm({ query, from, to, errors, list, types, events, people }: AuditReport): View {
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
${textField({ name: "table", label: "Table", value: value("table"), placeholder: "a part of its name" })}`;
  const ofActivity = selectField({
    name: "action",
    label: "Action",
    value: value("action"),
    options: [["", "Every action"], ...choices(events)],
  });
  return filters(
    "/audit",
    "report",
    html`${list.view !== "jobs" && hidden("view", list.view)}
${textField({ name: "from", label: "From", type: errors.from ? "text" : "date", value: from, error: errors.from })}${textField({ name: "to", label: "To", type: errors.to ? "text" : "date", value: to, error: errors.to })}
${list.view === "activity" ? ofActivity : ofJobs}${textField({ name: "person", label: "Person", value: value("person"), list: people })}
${textField({ name: "text", label: "Filter", type: "search", value: value("text"), placeholder: "any text  /" })}`,
    { clear: FILTERS.some(name => query.has(name)) && withQuery("/audit", new URLSearchParams(), view(list)) },
  );
}

function results(page: AuditReport): View {
  const { query, words, spans } = page;
  const whole = { before: undefined, after: undefined };
  const spanLinks = spans.map(([name, from]) => {
    const href = addressOf(query, { ...whole, from, to: "" });
    return html`<li><a href="${href}"${page.from === from && page.to === "" && html` aria-current="true"`}>${name}</a></li>`;
  });
  return html`<div id="report"><div class="row"><p>${words}</p><ul class="spans">${spanLinks}</ul></div>
${figures(page)}<section class="card" aria-label="List"><header>${viewTabs(page)}<span class="tools">${linkButton("CSV", csvAddress(page))}<button class="button" type="button" data-print hidden>Print</button></span></header>
${rows(page)}</section></div>`;
}

// Where many jobs match, the list is there at once and the figures follow.
function figures({ query, figures: found }: AuditReport): Part {
  if (found === undefined) return undefined;
  const href = withQuery("/audit", query, { figures: "1" });
  if (found === "later")
    return html`<p id="figures" class="soft" role="status" hx-get="${href}" hx-trigger="load" hx-select="#figures" hx-target="this" hx-swap="outerHTML ignoreTitle:true">Many jobs match: their figures are being added up. <a href="${href}">Wait for them</a></p>`;
  const { totals, days, span } = found;
  const ofState = (state: string) => withQuery("/audit", query, { before: undefined, after: undefined, state });
  return html`<div id="figures">${auditFigures(totals, ofState)}${perDay(days, span.from, span.to)}</div>`;
}

function viewTabs({ query, list }: AuditReport): View {
  const names = { jobs: "Jobs", tables: "Tables", activity: "Activity" } as const;
  const all = (Object.keys(names) as (keyof typeof names)[]).map(view => ({
    name: names[view],
    href: withQuery("/audit", query, { ...WHOLE, view: view === "jobs" ? undefined : view }),
    here: view === list.view,
  }));
  return tabs("What of the audit", all);
}

const WHOLE = { before: undefined, after: undefined };

function rows({ list, query, now, figures }: AuditReport): View {
  if (list.rows.length === 0) return empty(list, query);
  const table =
    list.view === "jobs"
      ? jobsTable(list.rows, now)
      : list.view === "tables"
        ? tablesTable(list.rows, now)
        : activityTable(list.rows, now);
  const older = list.older && withQuery("/audit", query, { before: list.older, after: undefined });
  const newer = list.newer
    ? withQuery("/audit", query, { after: list.newer, before: undefined })
    : list.first === false && withQuery("/audit", query, WHOLE);
  const jobs = typeof figures === "object" ? figures.totals.jobs : 0;
  const part =
    list.view === "jobs" &&
    jobs > list.rows.length &&
    `${group(list.rows.length)} of ${group(jobs)} jobs are on this page`;
  const more =
    older && !query.has("rows") && linkButton("1,000 rows, to print", withQuery("/audit", query, { rows: "1000" }));
  return html`${table}${list.view !== "activity" && proofHelp()}${pager({ older: older || undefined, newer: newer || undefined, words: html`${part}${more}` })}`;
}

function empty({ view: shown }: AuditList, query: URLSearchParams): View {
  const isFiltered = FILTERS.some(name => query.get(name));
  if (isFiltered)
    return noMatch(
      shown === "activity" ? "events" : shown,
      withQuery("/audit", new URLSearchParams(), view({ view: shown })),
    );
  if (shown === "activity") return nothingYet("Nobody has done anything in these days.", everything("activity"));
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
