import { DEEDS, readDeeds } from "../../audit/deeds.ts";
import { cursorOf, tableCursorOf } from "../../audit/index/open.ts";
import type { Day } from "../../audit/index/sums.ts";
import type { Answer, Portal, Route, Visit } from "../../engines/page.ts";
import { isEnough } from "../../jobs/people.ts";
import type { View } from "../../views/html.ts";
import { type AuditList, auditPage, auditReport } from "../../views/pages/audit.ts";
import { withQuery } from "../../views/parts/list.ts";
import { type ForAWhile, forAWhile } from "../for-a-while.ts";
import { daysAgo } from "../world.ts";
import { archiveState, checkAnew, exportAnew } from "./audit-archive.ts";
import { auditCsv } from "./audit-csv.ts";
import { type AuditQuery, auditQuery } from "./audit-query.ts";
import { auditWords } from "./audit-words.ts";
import { endedLine } from "./lines.ts";

/** The audit: its page, its file, and the jobs that check and export it. */
export function auditRoutes(): Route[] {
  const shown = forAWhile<View>();
  return [
    { method: "get", path: "/audit", role: "viewer", answer: visit => audit(visit, shown) },
    { method: "get", path: "/audit.csv", role: "viewer", answer: auditCsv },
    { method: "post", path: "/audit/check", role: "operator", answer: checkAnew },
    { method: "post", path: "/audit/export", role: "operator", answer: exportAnew },
  ];
}

function audit({ portal, query, person, now }: Visit, shown: ForAWhile<View>): Answer {
  const asked = auditQuery(query, now);
  const { index } = portal;
  index.refresh();
  const here = withQuery("/audit", query, {});
  const draw = () => report(portal, asked, query, now);
  // What people did changes without the index.
  const drawn = asked.view === "deeds" ? draw() : shown(`${index.version} ${here}`, now, draw);
  const archive = archiveState(portal, now, { here, mayStart: isEnough(person.role, "operator") });
  const body = auditPage(archive, drawn, index.reconciling(), person.name);
  return { kind: "page", title: "Audit", body, here: "/audit" };
}

function report(portal: Portal, asked: AuditQuery, query: URLSearchParams, now: number): View {
  const { index } = portal;
  const { outcome: _, ...jobs } = asked.jobs;
  const isOfJobs = asked.view !== "deeds";
  const days = isOfJobs ? index.days(jobs) : [];
  return auditReport({
    query,
    ...{ from: asked.from, to: asked.to, span: spanOf(asked, days, now) },
    figures: index.totals(isOfJobs ? jobs : { types: [] }),
    days,
    list: listOf(portal, asked),
    ...{ types: index.types(), people: index.people(), deeds: DEEDS },
    words: auditWords(asked, query),
    spans: [
      ["7 days", daysAgo(7, now)],
      ["30 days", daysAgo(30, now)],
      ["a year", daysAgo(365, now)],
      ["all", ""],
    ],
    now,
  });
}

function listOf(portal: Portal, { view, jobs, deeds, before, after, rows: limit }: AuditQuery): AuditList {
  if (view === "deeds") {
    const rows = readDeeds(portal.layout, { ...deeds, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    return { view, rows: shown, older: rows.length > limit ? shown.at(-1)?.place : undefined, first: !before };
  }
  if (view === "tables") {
    const { rows, more } = portal.index.tables({ ...jobs, before, limit });
    const last = rows.at(-1);
    const told = rows.map(({ job, type, outcome, submittedBy, finishedAt, proof, ...row }) => ({
      ...row,
      ...{ job, title: type, state: outcome, by: submittedBy, at: finishedAt, proof: proof?.verdict },
    }));
    return { view, rows: told, older: more && last ? tableCursorOf(last) : undefined, first: !before };
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
