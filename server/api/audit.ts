import { z } from "zod";
import { DEEDS, readDeeds } from "../../audit/deeds.ts";
import { cursorOf, tableCursorOf } from "../../audit/index/open.ts";
import type { Answer, Portal, Visit } from "../../engines/page.ts";
import { OUTCOMES } from "../../jobs/states.ts";
import { auditCsv } from "../pages/audit-csv.ts";
import { type AuditQuery, auditQuery, VIEWS } from "../pages/audit-query.ts";
import { auditShape } from "./audit-shapes.ts";
import { whole } from "./job-query.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { endedSummary } from "./summary.ts";

// The names and defaults of the page: an address of one is an address of the other.
const filter = {
  view: z.enum(VIEWS).default("jobs").describe("Jobs, what happened to each table, or what people did."),
  from: z.string().optional().describe("A date (its whole day in UTC) or a moment; without it and to, 30 days ago."),
  to: z.string().optional(),
  type: z.string().optional().describe("Without it all but those that only ask; all means these too."),
  state: z.enum(["succeeded", "failed", "cancelled"]).optional(),
  outcome: z.enum(OUTCOMES).optional().describe("Of tables."),
  person: z.string().optional(),
  table: z.string().optional().describe("How the name of a source or target starts."),
  deed: z.enum(DEEDS).optional(),
  text: z.string().optional(),
};

/** The audit: rows and totals, and the same as a file. */
export const auditRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/audit",
    role: "viewer",
    summary: "The audit: what was done, by whom, with its totals",
    query: z.strictObject({ ...filter, rows: whole(1, 1000).default(50), before: z.string().optional() }),
    answers: { says: "A page of rows, and the totals of all.", shape: auditShape },
    answer: audit,
  }),
  apiRoute({
    method: "get",
    path: "/api/audit.csv",
    role: "viewer",
    summary: "The same as CSV, all of it, with the columns of archive/audit.csv",
    query: z.strictObject(filter),
    answers: { says: "The file.", type: "text/csv" },
    answer: auditCsv,
  }),
];

function audit({ portal, query, now }: Visit): Answer {
  const asked = auditQuery(query, now);
  portal.index.refresh();
  const { from, to, view } = asked;
  const { outcome: _, ...jobs } = asked.jobs;
  const totals = view !== "deeds" && { totals: portal.index.totals(jobs) };
  const incomplete = portal.index.reconciling();
  return { kind: "json", value: { view, from, to, ...totals, ...rowsOf(portal, asked), incomplete } };
}

function rowsOf({ index, layout }: Portal, { view, jobs, deeds, before, rows: limit }: AuditQuery): object {
  if (view === "deeds") {
    const found = readDeeds(layout, { ...deeds, before, limit: limit + 1 });
    const next = found.length > limit && found[limit - 1]?.place;
    return { deeds: found.slice(0, limit).map(({ place: _, ...deed }) => deed), ...(next && { next }) };
  }
  if (view === "tables") {
    const { rows, more } = index.tables({ ...jobs, before, limit });
    const last = rows.at(-1);
    return { tables: rows, ...(more && last && { next: tableCursorOf(last) }) };
  }
  const { rows, more } = index.jobs({ ...jobs, before, limit });
  const last = rows.at(-1);
  return { jobs: rows.map(endedSummary), ...(more && last && { next: cursorOf(last) }) };
}
