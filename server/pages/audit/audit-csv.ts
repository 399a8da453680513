import { join } from "node:path";
import { type AuditEvent, readAuditEvents } from "../../../core/audit/audit-events.ts";
import { type ArchiveHead, readArchiveHead } from "../../../core/audit/head.ts";
import { cursorOf, tableCursorOf } from "../../../core/audit/index/open.ts";
import { readRecord } from "../../../core/audit/records.ts";
import { AUDIT_REPORTS, csvLine, harmless, TABLE_COLUMNS } from "../../../core/audit/reports.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { HttpError, type Portal, type RequestContext, type RouteResult } from "../../../engines/portal/page.ts";
import { type AuditQuery, auditQuery } from "./audit-query.ts";

// So many rows are read before others get their turn: a few milliseconds.
const PIECE = 20;

/** Exactly what the page has filtered as CSV, of any size, with the columns of archive/audit.csv. */
export function auditCsv({ portal, query, now }: RequestContext): RouteResult {
  const filter = auditQuery(query, now);
  portal.index.refresh();
  if (portal.index.reconciling() && filter.view !== "activity")
    throw new HttpError(
      503,
      "The archive is just being compared with its index: a file made now might lack jobs.",
      "Try again in a minute.",
    );
  const lines = { jobs: jobLines, tables: tableLines, activity: eventLines }[filter.view](portal, filter);
  const span = filter.from || filter.to ? `${filter.from || "start"}-to-${filter.to || day(now)}` : "all";
  const what = filter.view === "jobs" ? "audit" : `audit-${filter.view}`;
  const head = exportHead(portal.layout);
  return {
    kind: "lines",
    lines,
    type: "text/csv; charset=utf-8",
    // In the name too, since a file that was saved has lost its headers.
    download: `${what}-${span}${head ? `-head-${head.hash}` : ""}.csv`,
    headers: head ? { "Audit-Head": `${head.sequence} ${head.id} ${head.hash}` } : {},
  };
}

/** The newest record of the archive and its hash: whoever keeps an export can tell later what was changed since. */
export function exportHead(layout: Pick<Layout, "archive">): Pick<ArchiveHead, "sequence" | "id" | "hash"> | undefined {
  const head = readArchiveHead(layout);
  if (!head || head === "unreadable") return undefined;
  const { sequence, id, hash } = head;
  return { sequence, id, hash };
}

function* jobLines({ index, layout }: Portal, { jobs }: AuditQuery): Generator<string> {
  const report = AUDIT_REPORTS[0]!;
  yield report.header;
  for (let before: string | undefined, more = true; more; ) {
    const page = index.jobs({ ...jobs, before, limit: PIECE });
    const records = page.rows.flatMap(({ path }) => readRecord(join(layout.root, path)) ?? []);
    yield records.map(record => report.lines(record)).join("");
    more = page.more;
    before = page.rows.at(-1) && cursorOf(page.rows.at(-1)!);
  }
}

function* tableLines({ index }: Portal, { jobs }: AuditQuery): Generator<string> {
  yield csvLine(TABLE_COLUMNS.map(([title]) => title));
  for (let before: string | undefined, more = true; more; ) {
    const page = index.tables({ ...jobs, before, limit: PIECE * 4 });
    const rows = page.rows.map(({ job, error, ...outcome }) => ({
      record: { id: job },
      outcome: { ...outcome, ...(error !== undefined && { error: { message: error } }) },
    }));
    yield rows.map(row => csvLine(TABLE_COLUMNS.map(([, cell]) => String(cell(row) ?? "")))).join("");
    more = page.more;
    before = page.rows.at(-1) && tableCursorOf(page.rows.at(-1)!);
  }
}

const EVENT_COLUMNS = [
  "at",
  "by",
  "role",
  "from",
  "what",
  "job",
  "about",
  "detail",
  "via",
] as const satisfies (keyof AuditEvent)[];

function* eventLines({ layout }: Portal, { events }: AuditQuery): Generator<string> {
  yield csvLine(EVENT_COLUMNS);
  for (let before: string | undefined, more = true; more; ) {
    const found = readAuditEvents(layout, { ...events, before, limit: PIECE });
    yield found.map(event => csvLine(EVENT_COLUMNS.map(name => harmless(event[name] ?? "")))).join("");
    more = found.length === PIECE;
    before = found.at(-1)?.place;
  }
}

function day(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
