import { z } from "zod";
import { AUDIT_ACTIONS, auditEventShape, readAuditEvents } from "../../../core/audit/audit-events.ts";
import { cursorOf, tableCursorOf } from "../../../core/audit/index/open.ts";
import { certificateShape } from "../../../core/certificate/certificate.ts";
import { OUTCOMES } from "../../../core/jobs/states.ts";
import type { Portal, RequestContext, RouteResult } from "../../../engines/portal/page.ts";
import { auditCsv, exportHead } from "../../pages/audit/audit-csv.ts";
import { type AuditQuery, auditQuery, VIEWS } from "../../pages/audit/audit-query.ts";
import { askedCertificate } from "../../pages/certificates/certificates.ts";
import { whole } from "../job-query.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { figure, incomplete, instant, jobShape, next } from "../shapes.ts";
import { endedSummary } from "../summary.ts";

const count = z.int().min(0);

const totalsShape = z
  .strictObject({
    ...{ jobs: count, succeeded: count, failed: count, cancelled: count },
    ...{ tables: count, tablesSucceeded: count, tablesFailed: count, tablesSkipped: count },
    ...{ rows: figure, bytes: figure, seconds: z.number(), people: count },
    ...{ provenEqual: count, provenAgrees: count, notChecked: count, provenDiffers: count },
  })
  .meta({ id: "Totals" });

const auditedTableShape = z
  .strictObject({
    job: z.string(),
    place: count.describe("Its place among the tables of its job, from 0."),
    type: z.string(),
    status: z.enum(["succeeded", "failed", "cancelled"]),
    submittedBy: z.string(),
    finishedAt: instant,
    table: z.string(),
    target: z.string(),
    outcome: z.enum(OUTCOMES),
    rows: figure.optional(),
    bytes: figure.optional(),
    files: count.optional(),
    seconds: z.number(),
    sourceSnapshot: z.string().optional(),
    targetSnapshot: z.string().optional(),
    metadataFile: z.string().optional(),
    proof: z.strictObject({ level: z.string(), verdict: z.string(), witness: z.string().optional() }).optional(),
    notes: z.array(z.string()).optional(),
    error: z.string().optional(),
  })
  .meta({ id: "AuditedTable" });

const headShape = z
  .strictObject({ sequence: count, id: z.string(), hash: z.string() })
  .describe("The newest record of the archive. Keep it: with it can be told later whether the archive was changed.");

/** A page of the audit: one of the three lists, as `view` says. */
const auditShape = z.strictObject({
  view: z.enum(["jobs", "tables", "activity"]),
  from: z.string(),
  to: z.string(),
  totals: totalsShape.optional(),
  jobs: z.array(jobShape).optional(),
  tables: z.array(auditedTableShape).optional(),
  events: z.array(auditEventShape).optional(),
  next,
  incomplete,
  head: headShape.optional(),
});

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
  action: z.enum(AUDIT_ACTIONS).optional(),
  text: z.string().optional(),
};

/** The audit: rows and totals, and the same as a file. */
export const auditApi: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/audit",
    role: "viewer",
    summary: "The audit: what was done, by whom, with its totals",
    query: z.strictObject({ ...filter, rows: whole(1, 1000).default(50), before: z.string().optional() }),
    answers: { description: "A page of rows, and the totals of all.", shape: auditShape },
    answer: audit,
  }),
  apiRoute({
    method: "get",
    path: "/api/audit.csv",
    role: "viewer",
    summary: "The same as CSV, all of it, with the columns of audit.csv",
    query: z.strictObject(filter),
    answers: {
      description: "The file. Its name ends with the hash of the newest record.",
      type: "text/csv",
      headers: { "Audit-Head": "The newest record of the archive: its number, its id, its hash." },
    },
    answer: auditCsv,
  }),
];

async function audit({ portal, query, now }: RequestContext): Promise<RouteResult> {
  const auditFilter = auditQuery(query, now);
  portal.index.refresh();
  const { from, to, view } = auditFilter;
  const { outcome: _, ...jobs } = auditFilter.jobs;
  const totals = view !== "activity" && { totals: await portal.index.totals(jobs) };
  const incomplete = portal.index.reconciling();
  const head = exportHead(portal.layout);
  const value = { view, from, to, ...totals, ...rowsOf(portal, auditFilter), incomplete, ...(head && { head }) };
  return { kind: "json", value };
}

function rowsOf({ index, layout }: Portal, { view, jobs, events, before, rows: limit }: AuditQuery): object {
  if (view === "activity") {
    const found = readAuditEvents(layout, { ...events, before, limit: limit + 1 });
    const next = found.length > limit && found[limit - 1]?.place;
    return { events: found.slice(0, limit).map(({ place: _, ...event }) => event), ...(next && { next }) };
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

/** Evidence of a job, a table or a namespace. */
export const certificateRoute: ApiRoute = apiRoute({
  method: "get",
  path: "/api/certificate",
  role: "viewer",
  summary:
    "The certificate of a job, a table or a namespace: what was compared, how, and where it stands in the archive",
  query: z.strictObject({
    job: z.string().optional().describe("The id of a job that has ended."),
    table: z.string().optional().describe("A table as source or target: lake.sales.orders."),
    namespace: z.string().optional().describe("All tables of a namespace: lake.sales."),
  }),
  answers: {
    description: "The certificate. Check it with: npm run job -- verify-certificate.",
    shape: certificateShape,
  },
  answer: request => ({ kind: "json", value: askedCertificate(request) }),
});
