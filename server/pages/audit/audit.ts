import { setTimeout as wait } from "node:timers/promises";
import { AUDIT_ACTIONS, readAuditEvents } from "../../../core/audit/audit-events.ts";
import { cursorOf, tableCursorOf } from "../../../core/audit/index/open.ts";
import type { Day, Totals } from "../../../core/audit/index/sums.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { memoized } from "../../../core/system/cache.ts";
import type { Portal, RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import type { View } from "../../../views/html.ts";
import { type AuditList, auditPage, auditReport } from "../../../views/pages/audit/audit.ts";
import { withQuery } from "../../../views/parts/list.ts";
import { daysAgo } from "../../state/portal-status.ts";
import { endedLine } from "../jobs/lines.ts";
import { archiveState, checkAnew, exportAnew } from "./audit-archive.ts";
import { auditCsv } from "./audit-csv.ts";
import { type AuditQuery, auditQuery, dateErrors } from "./audit-query.ts";
import { auditWords } from "./audit-words.ts";

/** The audit: its page, its file, and the jobs that check and export it. */
export function auditPages(): Route[] {
  const drawn = memoized<View>({ max: 30, ttl: 5_000 });
  return [
    { method: "get", path: "/audit", role: "viewer", answer: request => audit(request, drawn) },
    { method: "get", path: "/audit.csv", role: "viewer", answer: auditCsv },
    { method: "post", path: "/audit/check", role: "operator", answer: checkAnew },
    { method: "post", path: "/audit/export", role: "operator", answer: exportAnew },
  ];
}

// Figures that take longer come to the page later.
const SOON = 25;

// A date that can't be read is told at its field; what is listed leaves it out, and everything typed stays.
async function audit(
  { portal, query: asked, person, now }: RequestContext,
  drawn: (key: string, draw: () => View) => View,
): Promise<RouteResult> {
  // Whether to wait for the figures is no part of the filter, and of no link.
  const query = new URLSearchParams([...asked].filter(([name]) => name !== "figures"));
  const errors = dateErrors(query);
  const read = withoutFields(query, Object.keys(errors));
  const filter = auditQuery(read, now);
  const { index } = portal;
  index.refresh();
  const here = withQuery("/audit", query, {});
  const figures = filter.view === "activity" ? undefined : await figuresOf(portal, filter, asked.has("figures"));
  const draw = () => report(portal, filter, query, now, errors, figures);
  // What people did changes without the index.
  const content = filter.view === "activity" ? draw() : drawn(`${index.version} ${figures !== "later"} ${here}`, draw);
  const archive = archiveState(portal, now, { here, mayStart: isEnough(person.role, "operator") });
  const body = auditPage(archive, content, index.reconciling(), person.name);
  const status = Object.keys(errors).length > 0 ? 422 : 200;
  return { kind: "page", status, title: "Audit", body, here: "/audit" };
}

interface Figures {
  totals: Totals;
  days: readonly Day[];
}

async function figuresOf({ index }: Portal, filter: AuditQuery, patient: boolean): Promise<Figures | "later"> {
  const { outcome: _, ...jobs } = filter.jobs;
  const both = Promise.all([index.totals(jobs), index.days(jobs)]).then(([totals, days]) => ({ totals, days }));
  return patient ? both : Promise.race([both, wait(SOON, "later" as const)]);
}

function withoutFields(query: URLSearchParams, names: readonly string[]): URLSearchParams {
  const left = new URLSearchParams(query);
  for (const name of names) left.set(name, "");
  return left;
}

function report(
  portal: Portal,
  filter: AuditQuery,
  query: URLSearchParams,
  now: number,
  errors: ReturnType<typeof dateErrors>,
  figures: Figures | "later" | undefined,
): View {
  const { index } = portal;
  return auditReport({
    query,
    from: errors.from ? (query.get("from") ?? "") : filter.from,
    to: errors.to ? (query.get("to") ?? "") : filter.to,
    errors,
    figures: typeof figures === "object" ? { ...figures, span: spanOf(filter, figures.days, now) } : figures,
    list: listOf(portal, filter),
    ...{ types: index.types(), people: index.people(), events: AUDIT_ACTIONS },
    words: auditWords(filter, query),
    spans: [
      ["7 days", daysAgo(7, now)],
      ["30 days", daysAgo(30, now)],
      ["a year", daysAgo(365, now)],
      ["all", ""],
    ],
    now,
  });
}

function listOf(portal: Portal, { view, jobs, events, before, after, rows: limit }: AuditQuery): AuditList {
  if (view === "activity") {
    const rows = readAuditEvents(portal.layout, { ...events, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    return { view, rows: shown, older: rows.length > limit ? shown.at(-1)?.place : undefined, first: !before };
  }
  if (view === "tables") {
    const { rows, more } = portal.index.tables({ ...jobs, before, limit });
    const last = rows.at(-1);
    const lines = rows.map(({ job, type, outcome, submittedBy, finishedAt, proof, ...row }) => ({
      ...row,
      ...{ job, title: type, state: outcome, by: submittedBy, at: finishedAt, proof: proof?.verdict },
    }));
    return { view, rows: lines, older: more && last ? tableCursorOf(last) : undefined, first: !before };
  }
  const { rows, more } = portal.index.jobs({ ...jobs, before, after, limit });
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    view,
    rows: rows.map(row => {
      const { tables, succeeded, proofs, bytes } = row;
      return { ...endedLine(row), id: row.id, tables, succeeded, proofs, rows: row.rows, bytes };
    }),
    older: last && (more || after) ? cursorOf(last) : undefined,
    newer: first && (before || (after && more)) ? cursorOf(first) : undefined,
  };
}

// The charts begin where the filter does, or with the first day that has a job; centuries without any are left out.
function spanOf({ from, to }: AuditQuery, days: readonly Day[], now: number): { from: string; to: string } {
  const today = daysAgo(1, now);
  const last = [days.at(-1)?.day ?? today, today].sort().at(-1)!;
  const first = days[0]?.day ?? (from.slice(0, 10) || last);
  const wanted = { from: from.slice(0, 10) || first, to: to.slice(0, 10) || last };
  const isSane = Date.parse(wanted.to) - Date.parse(wanted.from) <= LONGEST;
  return isSane ? wanted : { from: first, to: days.at(-1)?.day ?? first };
}

const LONGEST = 5 * 366 * 86_400_000;
